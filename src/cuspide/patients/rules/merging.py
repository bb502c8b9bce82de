"""Which of two records gives what, and what makes one doubt that they are one person."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.patients.rules.names import similar

IDENTITY = (
    "birth_name",
    "first_birth_given_name",
    "birth_given_names",
    "sex",
    "birth_date",
    "born_on",
    "birth_place_code",
    "birth_place",
    "nir",
    "nir_kind",
    "ins_status",
    "identity_document",
    "identity_seen_at",
    "identity_seen_by",
    "doubtful",
    "doubtful_reason",
)
"""The traits and how sure they are: of one record as a whole, since the traits of two are nobody's."""

BLOCKS: Mapping[str, tuple[str, ...]] = {
    "identity": IDENTITY,
    "homonym": ("homonym",),
    "used_name": ("used_name",),
    "used_given_name": ("used_given_name",),
    "civility": ("civility",),
    "language": ("language", "interpreter"),
    "emancipated_on": ("emancipated_on",),
    "deceased_on": ("deceased_on",),
    "note": ("note",),
    "household": ("household_id", "guarantor_id"),
}
"""What is chosen together, with its columns."""

KEPT, LOST, BOTH = "kept", "lost", "both"
_SURENESS = {"provisoire": 0, "recuperee": 1, "validee": 2, "qualifiee": 3}


@dataclass(frozen=True)
class Doubt:
    """A reason to think of two people. `grave`: both identities were checked, and they differ."""

    key: str
    sentence: Any
    grave: bool = False


def proposed(kept: Any, lost: Any) -> dict[str, str]:
    """Which side gives each block unless somebody chooses: the surer identity, what is said rather than nothing."""
    surer = _SURENESS.get(lost.ins_status, 0) > _SURENESS.get(kept.ins_status, 0)
    more = lost.ins_status == kept.ins_status and bool(lost.nir) and not kept.nir
    choices = {"identity": LOST if surer or more else KEPT}
    for block, columns in BLOCKS.items():
        if block != "identity":
            choices[block] = LOST if not getattr(kept, columns[0]) and getattr(lost, columns[0]) else KEPT
    if kept.note.strip() and lost.note.strip() and kept.note.strip() != lost.note.strip():
        choices["note"] = BOTH
    return choices


def values(kept: Any, lost: Any, choices: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    """Block to the columns of the patient who is kept that change, with what they become."""
    changed: dict[str, dict[str, Any]] = {}
    for block, columns in BLOCKS.items():
        choice = choices.get(block, KEPT)
        new = {column: getattr(kept, column) for column in columns}
        if choice == LOST:
            new = {column: getattr(lost, column) for column in columns}
        elif choice == BOTH and block == "note":
            new = {"note": "\n".join(text for text in (kept.note.strip(), lost.note.strip()) if text)}
        if new.get("guarantor_id") in (kept.pk, lost.pk):
            # Nobody pays for herself.
            new["guarantor_id"] = None
        differing = {column: value for column, value in new.items() if value != getattr(kept, column)}
        if differing:
            changed[block] = differing
    return changed


def doubts(kept: Any, lost: Any) -> list[Doubt]:
    found = []
    if kept.nir and lost.nir and kept.nir != lost.nir:
        checked = {"validee", "qualifiee"}
        grave = kept.ins_status in checked and lost.ins_status in checked
        found.append(
            Doubt("nir", _("Both identities were checked, and their social security numbers differ."), True)
            if grave
            else Doubt("nir", _("The social security numbers differ."))
        )
    families = [(one.birth_name, one.used_name) for one in (kept, lost)]
    if not any(similar(mine, theirs) for mine in families[0] for theirs in families[1] if mine and theirs):
        found.append(Doubt("family_name", _("The family names differ.")))
    if kept.birth_date != lost.birth_date:
        found.append(Doubt("birth_date", _("The birth dates differ.")))
    if kept.first_birth_given_name != lost.first_birth_given_name:
        found.append(Doubt("given_name", _("The given names at birth differ.")))
    if kept.sex != lost.sex:
        found.append(Doubt("sex", _("The sexes differ.")))
    return found
