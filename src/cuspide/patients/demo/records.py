"""What the practice knows of invented people: the rows of a household, made and not yet written."""

import datetime as dt
import uuid
from collections.abc import Iterable, Sequence
from random import Random
from typing import Any

from django.db import models

from cuspide.core import clock
from cuspide.core.demo import DemoContext
from cuspide.patients.demo import correspondents, health, places
from cuspide.patients.demo.people import ADULT, Home, Person, given, surname
from cuspide.patients.models import (
    Address,
    Alert,
    AlertStatement,
    AmcCoverage,
    AmoCoverage,
    AmoExemption,
    ConsentStatement,
    ContactPoint,
    Correspondent,
    CorrespondentLink,
    Household,
    Patient,
    RelatedPerson,
)
from cuspide.patients.rules.alerts import OF_SUBSTANCES
from cuspide.patients.rules.substances import Known, recognise

_RECORDERS = ["Inès Moreau", "Dr Claire Aubert", "Dr Hugo Lefèvre"]
_DESK = "Nadia Benali"
_PARENT = {"F": "Mère", "M": "Père"}


class Recorder:
    """Makes the rows of one household after the other; they are in `rows` and `found_by` until they are taken."""

    def __init__(self, context: DemoContext, doctors: Sequence[Correspondent], chance: Random, kin: Random) -> None:
        self.context = context
        self.today = context.today
        self.chance, self.kin = chance, kin
        self.doctors = doctors
        self.instant_ms = int(context.now.timestamp() * 1000)
        self.rows: dict[type[models.Model], list[Any]] = {}
        self.found_by: list[tuple[Patient, list[str]]] = []
        # One allergy waits for the dentist's word, as the secretary heard it.
        self.told_by_telephone = False

    def _add(self, *rows: models.Model) -> None:
        for row in rows:
            self.rows.setdefault(type(row), []).append(row)

    def fresh_uuid(self) -> uuid.UUID:
        """A UUIDv7 made of the demo's chance, so that a demo made again has the same addresses."""
        instant = self.instant_ms & (2**48 - 1)
        low = self.chance.getrandbits(74)
        return uuid.UUID(int=instant << 80 | 7 << 76 | (low >> 62) << 64 | 2 << 62 | low & (2**62 - 1))

    def patient(self, person: Person, household: Household | None, payer: Patient | None, number: int) -> Patient:
        """Somebody's record, not yet in the store. `payer` is there, and has her key, before her children."""
        chance = self.chance
        age = person.age(self.today)
        known_since = self.context.first_day - dt.timedelta(days=chance.randrange(1, 3000))
        known_since = max(known_since, min(person.born + dt.timedelta(days=1000), self.today - dt.timedelta(days=1)))
        created = self._at(known_since)
        patient = Patient(
            uuid=self.fresh_uuid(),
            number=number,
            birth_name=person.birth_name,
            first_birth_given_name=person.given_names[0],
            birth_given_names=" ".join(person.given_names),
            sex=person.sex,
            birth_date=person.birth_date,
            born_on=person.born,
            birth_place_code=person.birth_place[0],
            birth_place=person.birth_place[1],
            # A child's own NIR is often not known: the parent's card is shown.
            nir=person.nir if age >= ADULT or chance.random() < 0.55 else "",
            used_name=person.used_name,
            used_given_name=person.used_given_name,
            language=person.language,
            interpreter=person.language not in {"fr", "en"} and chance.random() < 0.5,
            household=household,
            guarantor=payer if age < ADULT else None,
            created_at=created,
        )
        if chance.random() < 0.34 and not person.birth_date.endswith("-00"):
            patient.ins_status = "validee"
            patient.identity_document = chance.choices(["cni", "passport"], [80, 20])[0] if age > 15 else "family_book"
            patient.identity_seen_at = created
            patient.identity_seen_by = _DESK
        if age > 78 and payer is None and chance.random() < 0.06:
            patient.deceased_on = self.today - dt.timedelta(days=chance.randrange(20, 900))
        return patient

    def _at(self, day: dt.date) -> dt.datetime:
        return clock.at(day, dt.time(8 + self.chance.randrange(10), self.chance.randrange(60)))

    def of_home(self, home: Home, made: dict[int, Patient]) -> None:
        """All that hangs on the records of a household, which have their keys; `made` by the id of the person."""
        chance = self.chance
        amc = health.amc_of(chance) if not home.c2s and chance.random() < 0.955 else None
        for person in home.people:
            patient = made[id(person)]
            phones = self._contacts(home, person, patient)
            self.found_by.append((patient, phones))
            self._alerts(person, patient)
            own = amc
            if amc is not None and person.parent is None and chance.random() < 0.3:
                own = health.amc_of(chance)
            self._cover(home, person, patient, own, made)
            self._doctor(patient)
            self._consents(patient)
            if patient.is_minor:
                self._parents(home, patient, made)
            elif person.age(self.today) > 75 and not patient.deceased_on:
                self._around_the_old(patient)

    def _contacts(self, home: Home, person: Person, patient: Patient) -> list[str]:
        phones = {"mobile": person.mobile, "home": home.phone}
        if person.parent is not None:
            phones["other"] = home.people[person.parent].mobile
        parent = home.people[person.parent] if person.parent is not None else None
        for use, number in phones.items():
            if number:
                whose = parent.given_names[0] if use == "other" and parent else ""
                self._add(_point(patient, "phone", use, number, whose))
        if person.email:
            self._add(_point(patient, "email", "home", person.email, ""))
        self._add(Address(patient=patient, line1=home.line1, postcode=home.postcode, city=home.city))
        return [number for number in phones.values() if number]

    def _doctor(self, patient: Patient) -> None:
        if self.kin.random() < 0.4:
            doctor = self.kin.choice(self.doctors)
            role = "treating" if doctor.speciality == correspondents.GENERAL else "specialist"
            noted = {"recorded_at": patient.created_at, "recorded_by": _DESK}
            self._add(CorrespondentLink(patient=patient, correspondent=doctor, role=role, **noted))

    def _consents(self, patient: Patient) -> None:
        """A few oppose a kind of message; fewer lend their photographs."""
        chance = self.kin
        asked = [("sms", False, 0.03), ("email", False, 0.03), ("recall", False, 0.02), ("mes", False, 0.02),
                 ("teaching", True, 0.04)]  # fmt: skip
        for subject, agrees, likely in asked:
            if chance.random() < likely:
                day = clock.local(patient.created_at).date()
                told = {"agrees": agrees, "said_on": day, "manner": "written" if agrees else "oral"}
                noted = {"recorded_at": patient.created_at, "recorded_by": _DESK}
                self._add(ConsentStatement(patient=patient, subject=subject, **told, **noted))

    def _parents(self, home: Home, patient: Patient, made: dict[int, Patient]) -> None:
        """Both parents of most children; of some the other lives elsewhere and is no patient."""
        chance = self.kin
        parents = [one for one in home.people if one.parent is None]
        if chance.random() < 0.15:
            return
        apart = len(parents) == 1
        for parent in parents:
            record = made[id(parent)]
            decides = "alone" if apart and chance.random() < 0.25 else "jointly"
            self._related(patient, "parental", record.display_name, person=record, relation=_PARENT[parent.sex],
                          decides=decides, separated=apart and decides == "jointly")  # fmt: skip
        if apart and self.rows[RelatedPerson][-1].decides == "jointly":
            other = "M" if parents[0].sex == "F" else "F"
            name = f"{surname(chance, '')} {given(chance, other, 1980, '')}"
            self._related(patient, "parental", name, relation=_PARENT[other], decides="jointly", separated=True,
                          phone=f"+33{places.MOBILE[1:]}{chance.randrange(10_000):04}")  # fmt: skip

    def _around_the_old(self, patient: Patient) -> None:
        chance = self.kin
        if chance.random() < 0.3:
            sex = chance.choice("FM")
            name = f"{patient.birth_name} {given(chance, sex, 1960, '')}"
            self._related(patient, "emergency", name, relation="Fille" if sex == "F" else "Fils",
                          phone=f"+33{places.MOBILE[1:]}{chance.randrange(10_000):04}")  # fmt: skip
        if chance.random() < 0.06:
            measure, decides = chance.choice([("tutelle", "represents"), ("curatelle", "patient"),
                                              ("habilitation", "represents")])  # fmt: skip
            name = f"{patient.birth_name} {given(chance, 'F', 1960, '')}"
            seen = clock.local(patient.created_at).date()
            self._related(patient, "protection", name, relation="Fille", measure=measure, decides=decides,
                          since=seen - dt.timedelta(days=200), seen_on=seen)  # fmt: skip

    def _related(self, patient: Patient, kind: str, name: str, **told: Any) -> None:
        noted = {"recorded_at": patient.created_at, "recorded_by": _DESK}
        self._add(RelatedPerson(patient=patient, kind=kind, name=name, **told, **noted))

    def _alerts(self, person: Person, patient: Patient) -> None:
        chance = self.chance
        alerts = health.alerts_of(chance, person.age(self.today), person.sex)
        who = chance.choice(_RECORDERS)
        asked_on = min(patient.created_at + dt.timedelta(days=chance.randrange(1500)), self.context.now)
        for alert in alerts:
            recorded = asked_on
            told = not self.told_by_telephone and alert.kind == "allergy"
            self.told_by_telephone |= told
            since: dt.date | None = dt.date(max(person.born.year, self.today.year - alert.since_years), 1, 1)
            if alert.label == "Grossesse":
                recorded = self.context.now - dt.timedelta(days=chance.randrange(5, 150))
                since = None
            known = recognise(alert.label) if alert.kind in OF_SUBSTANCES else Known()
            if told:
                recorded = self.context.now - dt.timedelta(hours=20)
            self._add(
                Alert(
                    patient=patient,
                    kind=alert.kind,
                    label=alert.label,
                    substance=known.substance,
                    drug_class=known.drug_class,
                    severity=alert.severity,
                    source="patient" if told else alert.source,
                    since=since if chance.random() < 0.5 and not told else None,
                    until=recorded.date() + dt.timedelta(days=210) if alert.kind == "pregnancy" else None,
                    recorded_at=recorded,
                    recorded_by=_DESK if told else who,
                    to_confirm=told,
                )
            )
        if not alerts and chance.random() < 0.84:
            self._add(AlertStatement(patient=patient, source="questionnaire", recorded_at=asked_on, recorded_by=who))

    def _cover(
        self, home: Home, person: Person, patient: Patient, amc: health.Amc | None, made: dict[int, Patient]
    ) -> None:
        chance = self.chance
        age = person.age(self.today)
        start = clock.local(patient.created_at).date()
        noted = {"recorded_at": patient.created_at, "recorded_by": _DESK}
        if chance.random() < 0.985:
            amo = health.amo_of(chance, self.today)
            parent = home.people[person.parent] if person.parent is not None and age < ADULT else None
            self._add(
                AmoCoverage(
                    patient=patient,
                    regime=amo.regime,
                    caisse=amo.caisse,
                    centre="0000",
                    insured_nir=parent.nir if parent else person.nir,
                    beneficiary="06" if parent else "00",
                    rights_to=amo.rights_to,
                    checked_at=max(amo.checked_at, start),
                    learnt_from=amo.learnt_from,
                    applies_from=start,
                    **noted,
                )
            )
        for kind, reference in self._rights(home, person, age):
            begun = max(start, self.today - dt.timedelta(days=chance.randrange(1, 1400)))
            ends = self.today + dt.timedelta(days=chance.randrange(20, 240)) if kind == "maternity" else None
            if kind == "maternity":
                begun = self.today - dt.timedelta(days=chance.randrange(1, 60))
            self._add(
                AmoExemption(
                    patient=patient,
                    kind=kind,
                    reference=reference,
                    applies_from=max(begun, start) if kind != "maternity" else begun,
                    applies_to=ends,
                    learnt_from="card",
                    **noted,
                )
            )
        if amc is None:
            return
        changed_on = None
        if chance.random() < 0.15 and (self.today - start).days > 400:
            changed_on = start + dt.timedelta(days=chance.randrange(200, (self.today - start).days))
            self._add(_amc(patient, health.amc_of(chance), start, changed_on - dt.timedelta(days=1), noted))
        self._add(_amc(patient, amc, changed_on or start, None, noted))

    def _rights(self, home: Home, person: Person, age: int) -> Iterable[tuple[str, str]]:
        chance: Random = self.chance
        if chance.random() < health.ald_likely(age):
            yield "ald", f"ALD {chance.choice([3, 5, 8, 8, 13, 17, 23, 30])}"
        if home.c2s:
            yield "c2s", ""
        if home.alsace_moselle:
            yield "alsace_moselle", ""
        if age > 66 and chance.random() < 0.03:
            yield "aspa", ""
        if person.sex == "F" and 22 <= age <= 41 and chance.random() < 0.012:
            yield "maternity", ""
        if 20 <= age <= 62 and chance.random() < 0.003:
            yield "at_mp", ""


def _point(patient: Patient, kind: str, use: str, value: str, whose: str) -> ContactPoint:
    return ContactPoint(
        patient=patient,
        kind=kind,
        use=use,
        value=value,
        normalised=value.casefold(),
        whose=whose,
        created_at=patient.created_at,
    )


def _amc(patient: Patient, amc: health.Amc, start: dt.date, end: dt.date | None, noted: dict[str, Any]) -> AmcCoverage:
    return AmcCoverage(
        patient=patient,
        organisation=amc.organisation,
        organisation_number=amc.number,
        member_number=amc.member,
        contract_kind=amc.contract_kind,
        responsible=amc.responsible,
        guarantee=amc.guarantee,
        prosthesis_guarantee=amc.prosthesis,
        third_party_agreement=amc.third_party,
        learnt_from="card",
        checked_at=start,
        applies_from=start,
        applies_to=end,
        **noted,
    )
