"""What a visit of each type brings: findings, and acts by their codes."""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal

from cuspide.care.demo.mouths import MouthSoFar, faces, pick
from cuspide.care.odontogram.state import Kind, Mark, Status
from cuspide.formats import teeth
from cuspide.nomenclature.selectors import proposed_codes


@dataclass(frozen=True)
class Done:
    """An act of a visit: code, teeth and faces. `fee` where the practice asks more or has no tariff to go by."""

    code: str
    teeth: tuple[str, ...] = ()
    surfaces: str = ""
    fee: Decimal | None = None


@dataclass
class Visit:
    """What one visit brought, in order."""

    found: list[Mark]
    acts: list[Done]


def _fee(chance: random.Random, low: int, high: int) -> Decimal:
    return Decimal(chance.randrange(low, high + 1, 5))


def lived(key: str, mouth: MouthSoFar, age: int, chance: random.Random) -> Visit:
    """The visit of a type (`agenda.usual_types`) in a mouth as it stands; the mouth follows."""
    visit = Visit([], [])
    happened = _VISITS.get(key)
    if happened is not None and (mouth.present or key in ("checkup", "first", "prosthesis", "fitting")):
        happened(visit, mouth, age, chance)
    return visit


def _decay(visit: Visit, mouth: MouthSoFar, chance: random.Random) -> str | None:
    """A new caries somewhere; None in a mouth without a tooth for it."""
    among = [tooth for tooth in mouth.present if tooth not in mouth.decayed and mouth.touched.get(tooth) != Kind.CROWN]
    if not among:
        return None
    tooth = pick(among, chance)
    hit = faces(tooth, chance)
    mouth.decayed[tooth] = hit
    visit.found.append(Mark(tooth, Kind.CARIES, Status.EXISTING, hit))
    return tooth


def _check(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts.append(Done("C"))
    rate = 0.32 if age < 65 else 0.22
    if chance.random() < rate:
        _decay(visit, mouth, chance)
    elif mouth.sound() and chance.random() < 0.08:
        tooth = pick(mouth.sound(), chance)
        visit.found.append(Mark(tooth, Kind.WATCH, Status.WATCH, faces(tooth, chance)[:1]))
    if age >= 12 and mouth.present and chance.random() < 0.22:
        visit.acts.append(Done("HBQK389", (pick(mouth.present, chance),)))
    if age >= 16 and chance.random() < 0.3:
        visit.acts.append(Done("HBJD001"))


def _first(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts.append(Done("C"))
    if age >= 12 and chance.random() < 0.7:
        visit.acts.append(Done("HBQK002"))
    for _number in range(chance.choice([0, 0, 1, 1, 2])):
        _decay(visit, mouth, chance)


def _child(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts.append(Done("BDB" if age >= 6 and chance.random() < 0.4 else "BDA") if age >= 3 else Done("C"))
    if chance.random() < 0.2:
        _decay(visit, mouth, chance)
    molars = [tooth for tooth in ("16", "26", "36", "46") if tooth in mouth.sound()]
    if 6 <= age <= 9 and len(molars) == 4 and chance.random() < 0.3:
        visit.acts.append(Done("HBBD004", tuple(molars), ""))
        mouth.touched.update(dict.fromkeys(molars, Kind.SEALANT))
    elif 6 <= age <= 9 and chance.random() < 0.25:
        visit.acts.append(Done("HBLD045"))


def _filling(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    tooth = next(iter(mouth.decayed), None) or _decay(visit, mouth, chance)
    if tooth is None:
        visit.acts.append(Done("C"))
        return
    hit = mouth.decayed.pop(tooth)
    code = proposed_codes("filling", teeth.tooth(tooth), len(hit))[0]
    mouth.touched[tooth] = Kind.FILLING
    visit.acts.append(Done(code, (tooth,), hit))


def _scaling(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts.append(Done("HBJD001"))


def _endodontics(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    permanent = [tooth for tooth in mouth.decayed if not teeth.tooth(tooth).is_deciduous]
    tooth = permanent[0] if permanent else None
    if tooth is None:
        among = [each for each in mouth.present if mouth.touched.get(each) is not Kind.CROWN]
        among = [each for each in among if not teeth.tooth(each).is_deciduous]
        if not among:
            return
        tooth = pick(among, chance)
        visit.found.append(Mark(tooth, Kind.CARIES, Status.EXISTING, faces(tooth, chance)))
    mouth.decayed.pop(tooth, None)
    codes = proposed_codes("root_treatment", teeth.tooth(tooth), 0, chance.choice(["vital", "necrotic"]))
    if not codes:
        return
    mouth.touched[tooth] = Kind.ROOT_TREATMENT
    mouth.waiting_crown.append(tooth)
    visit.acts += [Done(codes[0], (tooth,)), Done("HBQK303", (tooth,))]


def _extraction(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    if not mouth.present:
        return
    old = [tooth for tooth in mouth.present if tooth in mouth.decayed or tooth in mouth.touched]
    tooth = pick(old or mouth.present, chance)
    mouth.take_out(tooth)
    visit.acts.append(Done(proposed_codes("extraction", teeth.tooth(tooth))[0], (tooth,)))
    if not teeth.tooth(tooth).is_deciduous and not teeth.tooth(tooth).is_wisdom_tooth:
        mouth.waiting_implant.append(tooth)


def _crown_codes(tooth: str, chance: random.Random) -> tuple[str, Decimal]:
    """The crown's code and what the practice asks, within the ceilings of the baskets without a remainder."""
    codes = proposed_codes("crown", teeth.tooth(tooth))
    code = codes[0] if chance.random() < 0.8 else codes[min(1, len(codes) - 1)]
    ceilings = {"HBLD634": 500, "HBLD350": 440, "HBLD073": 440, "HBLD038": 290, "HBLD680": 500, "HBLD491": 550}
    return code, Decimal(ceilings.get(code, 550))


def _prosthesis(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    tooth = mouth.waiting_crown[0] if mouth.waiting_crown else None
    if tooth is None:
        among = [each for each in mouth.present if mouth.touched.get(each) is Kind.FILLING]
        among = [each for each in among if not teeth.tooth(each).is_deciduous]
        if not among:
            return
        tooth = pick(among, chance)
        mouth.waiting_crown.append(tooth)
    if mouth.touched.get(tooth) is Kind.ROOT_TREATMENT:
        visit.acts.append(Done("HBLD090", (tooth,), fee=Decimal(175)))
        mouth.touched[tooth] = Kind.INLAY_CORE


def _fitting(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    if not mouth.waiting_crown:
        return
    tooth = mouth.waiting_crown.pop(0)
    if mouth.touched.get(tooth) is Kind.IMPLANT:
        visit.acts.append(Done("HBLD418", (tooth,), fee=_fee(chance, 850, 1100)))
        return
    if tooth not in mouth.present:
        return
    code, fee = _crown_codes(tooth, chance)
    mouth.touched[tooth] = Kind.CROWN
    visit.acts.append(Done(code, (tooth,), fee=fee))


def _implant(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    if not mouth.waiting_implant:
        return
    tooth = mouth.waiting_implant.pop(0)
    mouth.touched[tooth] = Kind.IMPLANT
    mouth.waiting_crown.append(tooth)
    visit.acts.append(Done("LBLD015", (tooth,), fee=_fee(chance, 850, 1050)))


def _periodontics(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts += [Done("HBGB006", fee=_fee(chance, 60, 90)), Done("HBJD001")]


def _orthodontics(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    if chance.random() < 0.19:  # a semester is billed once in six months
        visit.acts.append(Done("TO90", fee=_fee(chance, 600, 750)))


def _emergency(visit: Visit, mouth: MouthSoFar, age: int, chance: random.Random) -> None:
    visit.acts.append(Done("C"))
    if not mouth.present:
        return
    tooth = pick(mouth.present, chance)
    visit.acts.append(Done("HBQK389", (tooth,)))
    if chance.random() < 0.4 and tooth not in mouth.decayed:
        mouth.decayed[tooth] = hit = faces(tooth, chance)
        visit.found.append(Mark(tooth, Kind.CARIES, Status.EXISTING, hit))
    elif chance.random() < 0.1:
        visit.found.append(Mark(tooth, Kind.FRACTURE, Status.EXISTING, ""))


_VISITS = {
    "first": _first,
    "checkup": _check,
    "child": _child,
    "scaling": _scaling,
    "filling": _filling,
    "endodontics": _endodontics,
    "extraction": _extraction,
    "prosthesis": _prosthesis,
    "fitting": _fitting,
    "implant": _implant,
    "periodontics": _periodontics,
    "orthodontics": _orthodontics,
    "emergency": _emergency,
}
