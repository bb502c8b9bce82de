"""Five years of care: every appointment that was kept leaves its findings and its acts, priced for its patient."""

from __future__ import annotations

import datetime as dt
import uuid
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from cuspide.care.demo.mouths import MouthSoFar, first_mouth
from cuspide.care.demo.visits import Done, lived
from cuspide.care.models import Act, ActState, Finding, Nomenclature
from cuspide.care.odontogram.state import SURFACE_KINDS, Mark
from cuspide.care.pricing import Asked, Price, from_book
from cuspide.care.rules import drawn_by
from cuspide.core import clock
from cuspide.core.db import bulk
from cuspide.core.demo import DemoContext, uuid7
from cuspide.core.errors import FieldErrors
from cuspide.formats import teeth
from cuspide.formats.pricing import CoverageRules, rates_at
from cuspide.nomenclature.coverage import rules_from
from cuspide.nomenclature.models import Act as NomenclatureAct
from cuspide.nomenclature.pricebook import DatedAmount, PriceBook
from cuspide.nomenclature.selectors import price_book, proposed_codes
from cuspide.patients.models import Patient
from cuspide.patients.selectors import CoverageHistory, coverage_histories

_KEPT = ("finished", "in_chair")


def build(context: DemoContext) -> None:
    """Write findings and acts; `context.shared["acts"]` holds the acts that were done, oldest first."""
    kept = [each for each in context.shared.get("appointments", ()) if str(each.state) in _KEPT]
    story = _Story(context, kept)
    for appointment in kept:
        story.visit(appointment)
    story.plans()
    bulk.insert(story.findings)
    bulk.insert(story.acts)
    context.shared["acts"] = [act for act in story.acts if act.state == ActState.DONE]
    context.shared["planned_acts"] = [act for act in story.acts if act.state == ActState.PLANNED]


@dataclass
class _Followed:
    """A patient whose mouth is known."""

    patient: Patient
    mouth: MouthSoFar
    months: int
    last: Any


class _Story:
    def __init__(self, context: DemoContext, kept: Sequence[Any]) -> None:
        self.context = context
        self.chance = context.random("care")
        self.book = price_book(None, context.shared["entity"])
        self.changes = sorted({amount.valid_from for amount in _amounts(self.book)})
        self.names = dict(NomenclatureAct.objects.values_list("code", "short_name"))
        self.covers = coverage_histories(max((each.patient.pk for each in kept), default=0))
        self.followed: dict[int, _Followed] = {}
        self.findings: list[Finding] = []
        self.acts: list[Act] = []
        self.prices: dict[tuple[Any, ...], Price | None] = {}
        self.drawn: dict[str, str] = {}

    def visit(self, appointment: Any) -> None:
        """What a kept appointment leaves behind; one that is going on has only been looked at."""
        patient, day = appointment.patient, clock.local(appointment.starts_at).date()
        followed = self._followed(patient, appointment, day)
        self._grow(followed, day)
        followed.last = appointment
        if str(appointment.state) == "in_chair":
            return
        visit = lived(appointment.type.key, followed.mouth, patient.age_on(day), self.chance)
        at = appointment.finished_at or appointment.ends_at
        for mark in visit.found:
            self._find(appointment, mark, day, at)
        for done in visit.acts:
            self._act(appointment, done, day, at, ActState.DONE)

    def plans(self) -> None:
        """What is still to do: open caries of half of those who were seen in the last months have their act planned."""
        recently = self.context.today - dt.timedelta(days=150)
        for followed in self.followed.values():
            appointment = followed.last
            day = clock.local(appointment.starts_at).date()
            if day < recently or str(appointment.state) == "in_chair" or self.chance.random() < 0.4:
                continue
            at = appointment.finished_at or appointment.ends_at
            for tooth, hit in list(followed.mouth.decayed.items())[:3]:
                code = proposed_codes("filling", teeth.tooth(tooth), len(hit))[0]
                self._act(appointment, Done(code, (tooth,), hit), day, at, ActState.PLANNED)

    def _followed(self, patient: Patient, appointment: Any, day: dt.date) -> _Followed:
        known = self.followed.get(patient.pk)
        if known is not None:
            return known
        months = _months(patient.born_on, day)
        mouth, marks = first_mouth(months, self.chance)
        known = _Followed(patient, mouth, months, appointment)
        self.followed[patient.pk] = known
        groups: dict[str, uuid.UUID] = {}
        for mark in marks:
            group = groups.setdefault(mark.group, self._uuid(appointment.starts_at)) if mark.group else None
            self._find(appointment, mark, day, appointment.starts_at, group)
        return known

    def _grow(self, followed: _Followed, day: dt.date) -> None:
        """Children change teeth between two visits: what fell out takes its fillings along."""
        months = _months(followed.patient.born_on, day)
        if months >= 18 * 12 or months == followed.months:
            return
        before = {tooth.code for tooth in teeth.expected_teeth(followed.months)}
        now = [tooth.code for tooth in teeth.expected_teeth(months)]
        mouth = followed.mouth
        for tooth in before - set(now):
            mouth.take_out(tooth)
        mouth.present += [tooth for tooth in now if tooth not in before and tooth not in mouth.present]
        followed.months = months

    def _find(
        self, appointment: Any, mark: Mark, day: dt.date, at: dt.datetime, group: uuid.UUID | None = None
    ) -> None:
        self.findings.append(
            Finding(
                uuid=self._uuid(at),
                patient=appointment.patient,
                tooth=mark.tooth,
                surfaces=mark.surfaces,
                kind=mark.kind.value,
                status=mark.status.value,
                group=group,
                observed_at=day,
                recorded_at=at,
                recorded_by=appointment.practitioner.full_name,
            )
        )

    def _act(self, appointment: Any, done: Done, day: dt.date, at: dt.datetime, state: ActState) -> None:
        price = self._price(appointment.patient, done, day)
        if price is None:
            return
        draws = self._draws(price)
        practitioner = appointment.practitioner
        self.acts.append(
            Act(
                uuid=self._uuid(at),
                patient=appointment.patient,
                nomenclature=Nomenclature(price.system),
                code=price.code,
                label=price.label[:500],
                short_name=price.short_name,
                teeth=" ".join(done.teeth),
                surfaces=done.surfaces if draws in _FACED and len(done.teeth) == 1 else "",
                draws=draws if done.teeth else "",
                practitioner=practitioner,
                site=appointment.site,
                entity=practitioner.entity,
                chair=appointment.chair,
                state=state,
                planned_on=day,
                done_on=day if state == ActState.DONE else None,
                recorded_at=at,
                recorded_by=practitioner.full_name,
                **price.columns(),
            )
        )

    def _draws(self, price: Price) -> str:
        if price.code not in self.drawn:
            kind = drawn_by(price.label)
            self.drawn[price.code] = kind.value if kind else ""
        return self.drawn[price.code]

    def _price(self, patient: Patient, done: Done, day: dt.date) -> Price | None:
        """Prices are the same for the same code, day of tariff, cover and fee: each is worked out once."""
        cover = self.covers.get(patient.pk, CoverageHistory()).at(day)
        rules: CoverageRules = rules_from(cover)
        key = (done.code, bisect_right(self.changes, day), rates_at(day), rules, done.fee)
        if key not in self.prices:
            try:
                found = from_book(self.book, done.code, day, rules, Asked(fee=done.fee))
                self.prices[key] = replace(found, short_name=self.names.get(done.code, ""))
            except FieldErrors:
                self.prices[key] = None
        return self.prices[key]

    def _uuid(self, at: dt.datetime) -> uuid.UUID:
        return uuid7(at, self.chance)


def _amounts(book: PriceBook) -> Iterator[DatedAmount]:
    """Every dated amount of the book: between two of their days nothing costs otherwise."""
    for line in book.lines.values():
        yield from (*line.tariffs, *line.ceilings, *line.c2s_maxima, *line.fees)


_FACED: Sequence[str] = [kind.value for kind in SURFACE_KINDS]


def _months(born_on: dt.date, day: dt.date) -> int:
    return max(0, (day.year - born_on.year) * 12 + day.month - born_on.month - (day.day < born_on.day))
