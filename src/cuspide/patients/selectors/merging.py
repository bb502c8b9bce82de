"""What is shown of two records before they are merged, and of merges that hold."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from cuspide.core.actor import Actor
from cuspide.core.pages import typography
from cuspide.patients import merging, reach
from cuspide.patients.models import Merge, Patient
from cuspide.patients.rules.merging import BLOCKS, BOTH, KEPT, LOST, proposed


@dataclass(frozen=True)
class Line:
    """One thing to choose: what each side has, in words, and which is proposed."""

    block: str
    label: str
    kept: tuple[str, ...]
    lost: tuple[str, ...]
    chosen: str
    both: bool


@dataclass(frozen=True)
class Count:
    label: Any
    kept: int
    lost: int


def lines(kept: Patient, lost: Patient, chosen: Mapping[str, str]) -> list[Line]:
    """The blocks in which the two differ. No query beyond the households' payers."""
    choices = {**proposed(kept, lost), **chosen}
    labels = {
        "identity": _("Identity"),
        "used_name": _("Name in use"),
        "used_given_name": _("Given name in use"),
        "civility": _("Civility"),
        "language": _("Language"),
        "deceased_on": _("Date of death"),
        "note": _("Remark for the desk"),
        "household": _("Household and payer"),
    }
    found = []
    for block, columns in BLOCKS.items():
        if any(getattr(kept, name) != getattr(lost, name) for name in columns):
            mine, theirs = _said(kept, block), _said(lost, block)
            found.append(Line(block, labels[block], mine, theirs, choices[block], block == "note"))
    return found


def chosen_in(post: Mapping[str, Any]) -> dict[str, str]:
    """The sides that a form names; anything else is left to what is proposed."""
    sides = {block: str(post.get(f"choose_{block}", "")) for block in BLOCKS}
    return {block: side for block, side in sides.items() if side in (KEPT, LOST) or (side == BOTH and block == "note")}


def counts(actor: Actor, kept: Patient, lost: Patient) -> list[Count]:
    """How many rows of each kind stand on each side, of the kinds that the actor may see. Two queries a kind."""
    columns = {merging.key_of(column): column for column in merging.moved_columns()}
    found = []
    for rule in merging.merge_rules.for_actor(reach.held_on(actor, kept)):
        if rule.label and rule.key in columns:
            column = columns[rule.key]
            sides = [column.model._base_manager.filter(**{column.attname: one.pk}).count() for one in (kept, lost)]
            if any(sides):
                found.append(Count(rule.label, *sides))
    return found


def merges_of(patient: Patient) -> list[Merge]:
    """The merges into this record that hold, newest first. One query."""
    return list(Merge.objects.filter(kept=patient, undone_at__isnull=True).select_related("lost"))


def _said(one: Patient, block: str) -> tuple[str, ...]:
    if block == "identity":
        names = " ".join(part for part in (one.birth_name, one.birth_given_names or one.first_birth_given_name) if part)
        place = " ".join(part for part in (one.birth_place, one.birth_place_code) if part)
        said = (names, one.birth_date_shown, one.get_sex_display(), place, one.nir_shown, one.get_ins_status_display())
        return tuple(str(part) for part in said if part)
    if block == "household":
        payer = one.guarantor.display_name if one.guarantor else ""
        return tuple(part for part in (_("In a household") if one.household_id else "", payer) if part)
    if block == "language":
        return tuple(part for part in (one.language, _("An interpreter is needed") if one.interpreter else "") if part)
    if block == "deceased_on":
        return (typography.day(one.deceased_on),) if one.deceased_on else ()
    if block == "civility":
        return (str(one.get_civility_display()),) if one.civility else ()
    return (getattr(one, block),) if getattr(one, block) else ()
