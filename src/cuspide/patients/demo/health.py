"""What the demo's patients are allergic to, take and have, by age and sex; and what covers them. Pure."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from cuspide.patients.demo.insurers import MUTUELLES, REGIMES


@dataclass(frozen=True)
class AlertMade:
    kind: str
    label: str
    severity: str
    source: str
    since_years: int


# From age, to age, sex ("" both), chance, kind, label, severity. French: the demo's people write French.
_ALERTS = [
    (3, 99, "", 0.068, "allergy", "Pénicilline", "danger"),
    (3, 99, "", 0.009, "allergy", "Latex", "danger"),
    (16, 99, "", 0.016, "allergy", "Aspirine et AINS", "danger"),
    (16, 99, "", 0.003, "allergy", "Anesthésiques locaux", "danger"),
    (16, 99, "", 0.006, "allergy", "Iode", "watch"),
    (55, 99, "", 0.030, "medication", "AVK", "danger"),
    (60, 99, "", 0.085, "medication", "Anticoagulant oral direct", "danger"),
    (50, 99, "", 0.110, "medication", "Antiagrégant plaquettaire", "watch"),
    (62, 99, "F", 0.055, "medication", "Bisphosphonates", "danger"),
    (65, 99, "F", 0.018, "medication", "Dénosumab", "danger"),
    (18, 99, "", 0.008, "medication", "Immunosuppresseur", "danger"),
    (5, 99, "", 0.005, "condition", "Diabète de type 1", "watch"),
    (40, 59, "", 0.050, "condition", "Diabète de type 2", "watch"),
    (60, 99, "", 0.135, "condition", "Diabète de type 2", "watch"),
    (50, 99, "", 0.150, "condition", "Hypertension artérielle", "info"),
    (20, 99, "", 0.007, "condition", "Haut risque d’endocardite", "danger"),
    (66, 99, "", 0.030, "condition", "Stimulateur cardiaque", "watch"),
    (3, 99, "", 0.007, "condition", "Épilepsie", "watch"),
    (3, 30, "", 0.045, "condition", "Asthme", "info"),
    (22, 41, "F", 0.028, "pregnancy", "Grossesse", "watch"),
    (45, 99, "", 0.004, "condition", "Radiothérapie cervico-faciale", "danger"),
    (3, 99, "M", 0.0008, "condition", "Hémophilie", "danger"),
    (3, 14, "", 0.020, "other", "Grande anxiété aux soins", "info"),
]


def alerts_of(chance: Random, age: int, sex: str) -> list[AlertMade]:
    """What this person has, at most four things; one anticoagulant at a time."""
    made: list[AlertMade] = []
    for low, high, of_sex, likely, kind, label, severity in _ALERTS:
        if not low <= age <= high or (of_sex and of_sex != sex) or chance.random() >= likely or len(made) == 4:
            continue
        if label == "Anticoagulant oral direct" and any(alert.label == "AVK" for alert in made):
            continue
        source = chance.choices(["questionnaire", "patient", "prescription", "doctor"], [50, 25, 15, 10])[0]
        years = 0 if label == "Grossesse" else chance.randint(0, max(1, min(age - 2, 25)))
        made.append(AlertMade(kind, label, severity, source, years))
    return made


def ald_likely(age: int) -> float:
    """Share of people with a long-term illness, by age (CNAM gives about a third of those over 65)."""
    for until, share in ((30, 0.015), (45, 0.05), (60, 0.14), (75, 0.30), (200, 0.48)):
        if age < until:
            return share
    return 0.0


@dataclass(frozen=True)
class Amo:
    regime: str
    caisse: str
    rights_to: dt.date | None
    checked_at: dt.date
    learnt_from: str


@dataclass(frozen=True)
class Amc:
    organisation: str
    number: str
    member: str
    contract_kind: str
    guarantee: Decimal
    prosthesis: Decimal | None
    responsible: bool
    third_party: bool


def amo_of(chance: Random, today: dt.date) -> Amo:
    regime, caisse, _share = chance.choices(REGIMES, [share for *_, share in REGIMES])[0]
    checked = today - dt.timedelta(days=int(chance.triangular(1, 520, 60)))
    late = chance.random() < 0.05
    year_end = dt.date(checked.year if late and checked.year < today.year else today.year, 12, 31)
    rights_to = year_end if chance.random() < 0.55 else None
    return Amo(regime, caisse, rights_to, checked, chance.choices(["card", "paper", "said"], [90, 6, 4])[0])


def amc_of(chance: Random) -> Amc:
    organisation, number = MUTUELLES[min(int(chance.expovariate(0.22)), len(MUTUELLES) - 1)]
    percent = chance.choices([100, 125, 150, 200, 250], [42, 22, 18, 13, 5])[0]
    prosthesis = chance.choice([None, None, 125, 200, 300, 400])
    return Amc(
        organisation,
        number,
        f"{chance.randrange(10**8):08}",
        chance.choices(["company", "individual"], [55, 45])[0],
        Decimal(percent) / 100,
        None if prosthesis is None or prosthesis <= percent else Decimal(prosthesis) / 100,
        responsible=chance.random() < 0.97,
        third_party=chance.random() < 0.9,
    )
