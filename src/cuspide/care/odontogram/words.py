"""Teeth and marks in words, for labels that are read aloud and for lists: "16, première molaire supérieure droite :
carie mésiale et occlusale"."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from cuspide.formats import teeth
from cuspide.formats.teeth import Arch, Side, Surface, Tooth, ToothKind

from .state import Kind, Mark, Status, ToothState

KIND_LABELS: dict[Kind, Any] = {
    Kind.SOUND: _("Sound"),
    Kind.CARIES: _("Caries"),
    Kind.WATCH: _("To watch"),
    Kind.FILLING: _("Filling"),
    Kind.SEALANT: _("Sealant"),
    Kind.VENEER: _("Veneer"),
    Kind.CROWN: _("Crown"),
    Kind.INLAY_CORE: _("Inlay-core"),
    Kind.ROOT_TREATMENT: _("Root treatment"),
    Kind.FRACTURE: _("Fracture"),
    Kind.EXTRACTION: _("Extraction"),
    Kind.ABSENT: _("Absent"),
    Kind.IMPLANT: _("Implant"),
    Kind.BRIDGE_ABUTMENT: _("Bridge abutment"),
    Kind.BRIDGE_PONTIC: _("Bridge pontic"),
    Kind.PROSTHESIS: _("Removable denture"),
    Kind.IMPACTED: _("Impacted"),
    Kind.ERUPTING: _("Erupting"),
}

STATUS_LABELS: dict[Status, Any] = {
    Status.EXISTING: pgettext_lazy("state of a finding", "existing"),
    Status.DONE: pgettext_lazy("state of a finding", "done"),
    Status.PLANNED: pgettext_lazy("state of a finding", "to do"),
    Status.WATCH: pgettext_lazy("state of a finding", "to watch"),
}

SURFACE_LABELS: dict[Surface, Any] = {
    Surface.MESIAL: _("mesial"),
    Surface.OCCLUSAL: _("occlusal"),
    Surface.INCISAL: _("incisal"),
    Surface.DISTAL: _("distal"),
    Surface.VESTIBULAR: _("buccal"),
    Surface.LINGUAL: _("lingual"),
    Surface.PALATAL: _("palatal"),
}


def kind_label(kind: Kind | str) -> str:
    return str(KIND_LABELS[Kind(kind)])


def status_label(status: Status | str) -> str:
    return str(STATUS_LABELS[Status(status)])


def surface_label(letter: str) -> str:
    """ "M" is "mesial"."""
    return str(SURFACE_LABELS[Surface(letter)])


def _tooth_kind_name(tooth: Tooth) -> str:
    first = tooth.rank in (1, 4, 6) or (tooth.is_deciduous and tooth.rank == 4)
    if tooth.kind is ToothKind.INCISOR:
        return gettext("central incisor") if tooth.rank == 1 else gettext("lateral incisor")
    if tooth.kind is ToothKind.CANINE:
        return gettext("canine")
    if tooth.kind is ToothKind.PREMOLAR:
        return gettext("first premolar") if first else gettext("second premolar")
    if tooth.rank == 8:
        return gettext("wisdom tooth")
    return gettext("first molar") if first else gettext("second molar")


def tooth_name(code: str) -> str:
    """The tooth in words: "upper right first molar"."""
    tooth = teeth.tooth(code)
    # Translators: {tooth} is "first molar"; in French every name of a tooth is feminine.
    names = {
        (Arch.MAXILLARY, Side.RIGHT): gettext("upper right {tooth}"),
        (Arch.MAXILLARY, Side.LEFT): gettext("upper left {tooth}"),
        (Arch.MANDIBULAR, Side.RIGHT): gettext("lower right {tooth}"),
        (Arch.MANDIBULAR, Side.LEFT): gettext("lower left {tooth}"),
    }
    name = names[tooth.arch, tooth.side].format(tooth=_tooth_kind_name(tooth))
    return gettext("deciduous {tooth}").format(tooth=name) if tooth.is_deciduous else name


def listed(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) <= 1:
        return "".join(words)
    return gettext("{first} and {last}").format(first=", ".join(words[:-1]), last=words[-1])


def surfaces_in_words(letters: str) -> str:
    """ "MO" is "mesial and occlusal"."""
    return listed([surface_label(letter) for letter in letters])


def _on_surfaces(mark: Mark) -> str:
    faces = surfaces_in_words(mark.surfaces)
    sentences = {
        Kind.CARIES: gettext("{faces} caries"),
        Kind.FILLING: gettext("{faces} filling"),
        Kind.SEALANT: gettext("{faces} sealant"),
        Kind.VENEER: gettext("{faces} veneer"),
        Kind.FRACTURE: gettext("{faces} fracture"),
        Kind.WATCH: gettext("{faces} surface to watch"),
        Kind.SOUND: gettext("{faces} surface sound"),
    }
    return sentences[mark.kind].format(faces=faces)


def mark_in_words(mark: Mark) -> str:
    """One fact: "mesial and occlusal caries", "crown, planned"."""
    label = kind_label(mark.kind)
    words = _on_surfaces(mark) if mark.surfaces else label[:1].lower() + label[1:]
    if mark.status is Status.PLANNED:
        return pgettext("a dental act", "{act}, planned").format(act=words)
    if mark.status is Status.DONE:
        return pgettext("a dental act", "{act}, done").format(act=words)
    if mark.status is Status.WATCH and mark.kind is not Kind.WATCH:
        return pgettext("a finding", "{finding}, to watch").format(finding=words)
    return words


def tooth_label(state: ToothState) -> str:
    """The whole tooth in one sentence, as a screen reader says it."""
    name = gettext("{number}, {tooth}").format(number=state.tooth, tooth=tooth_name(state.tooth))
    if not state.marks:
        return name
    facts = "; ".join(mark_in_words(mark) for mark in state.marks)
    return gettext("{tooth}: {facts}").format(tooth=name, facts=facts)


def face_label(state: ToothState, letter: str) -> str:
    """One face in one sentence: "16, mesial surface: caries"."""
    name = gettext("{number}, {face} surface").format(number=state.tooth, face=surface_label(letter))
    marks = state.on_surface(letter)
    if not marks:
        return name
    single = [Mark(mark.tooth, mark.kind, mark.status) for mark in marks]
    return gettext("{tooth}: {facts}").format(tooth=name, facts="; ".join(mark_in_words(mark) for mark in single))
