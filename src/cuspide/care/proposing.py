"""Which acts the chart proposes for what is selected: what is on the tooth decides what is likely next."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuspide.care import pricing
from cuspide.care.odontogram.state import Kind, Mark, Status, ToothState
from cuspide.care.rules import Selected
from cuspide.formats import teeth
from cuspide.nomenclature import selectors as nomenclature
from cuspide.patients.models import Patient
from cuspide.practice.models import LegalEntity

MOST_PROPOSED = 6


@dataclass(frozen=True)
class Proposal:
    """An act with its price, the faces it takes and the finding it treats (public name, "" for none)."""

    price: pricing.Price
    surfaces: str = ""
    finding: str = ""


def likely_kinds(state: ToothState, surfaces: str) -> list[tuple[str, str]]:
    """Kinds of acts that are likely on a tooth, as `nomenclature` names them, with the faces they would take."""
    found: list[tuple[str, str]] = []

    def add(kind: str, faces: str = "") -> None:
        if (kind, faces) not in found:
            found.append((kind, faces))

    planned = [mark for mark in state.marks if mark.status is Status.PLANNED]
    if state.is_absent and not any(state.is_standing(kind) for kind in (Kind.IMPLANT, Kind.BRIDGE_PONTIC)):
        add("implant")
        add("bridge")
        return found
    if state.is_standing(Kind.IMPLANT):
        return [("implant_crown", "")]
    for mark in planned:
        add(_PLANNED.get(mark.kind, ""), mark.surfaces)
    decayed = "".join(
        letter
        for letter in _faces(state.tooth)
        if any(mark.kind in (Kind.CARIES, Kind.FRACTURE) for mark in state.on_surface(letter))
    )
    faces = surfaces or decayed
    if faces:
        add("filling", faces)
    wounded = [mark for mark in state.marks if mark.kind in (Kind.CARIES, Kind.FRACTURE)]
    if any(not mark.surfaces for mark in wounded) and not faces:
        add("filling", _faces(state.tooth)[1])
    if state.is_standing(Kind.ROOT_TREATMENT):
        add("crown")
        add("inlay_core")
    elif wounded and len(faces) != 1:
        add("root_treatment")
    if not found:
        add("sealant", _faces(state.tooth)[1])
        add("extraction")
        add("root_treatment")
    if len(decayed) >= 3:
        add("crown")
        add("extraction")
    return [(kind, faces) for kind, faces in found if kind]


_PLANNED = {
    Kind.FILLING: "filling",
    Kind.SEALANT: "sealant",
    Kind.VENEER: "veneer",
    Kind.CROWN: "crown",
    Kind.INLAY_CORE: "inlay_core",
    Kind.ROOT_TREATMENT: "root_treatment",
    Kind.EXTRACTION: "extraction",
    Kind.IMPLANT: "implant",
    Kind.BRIDGE_ABUTMENT: "bridge",
}


def _faces(tooth: str) -> str:
    return "".join(surface.value for surface in teeth.tooth(tooth).surfaces)


def proposals(
    patient: Patient,
    entity: LegalEntity,
    selection: Sequence[Selected],
    states: Mapping[str, ToothState],
    day: dt.date,
) -> list[Proposal]:
    """The acts for the first selected tooth, likeliest first, priced for the patient. Nine queries, none when nothing
    is selected."""
    if not selection:
        return []
    first = selection[0]
    state = states.get(first.tooth) or ToothState(first.tooth)
    tooth = teeth.tooth(first.tooth)
    wanted: dict[str, str] = {}
    ranked: list[tuple[int, int, str]] = []
    for order, (kind, faces) in enumerate(likely_kinds(state, first.surfaces)):
        for rank, code in enumerate(nomenclature.proposed_codes(kind, tooth, len(faces))):
            if code not in wanted:
                wanted[code] = faces
                ranked.append((rank, order, code))
    # The first choice of every kind, before second choices of any.
    codes = [code for _rank, _order, code in sorted(ranked)[:MOST_PROPOSED]]
    known = {act.code: act for act in nomenclature.acts_at(day).filter(code__in=codes)}
    acts = [known[code] for code in codes if code in known]
    treated = _treated(state)
    return [Proposal(price, wanted[price.code], treated) for price in pricing.prices(patient, entity, acts, day)]


def _treated(state: ToothState) -> str:
    """The finding that an act on this tooth treats: its latest caries or fracture."""
    found: list[Mark] = [mark for mark in state.marks if mark.kind in (Kind.CARIES, Kind.FRACTURE)]
    return found[-1].key if found else ""
