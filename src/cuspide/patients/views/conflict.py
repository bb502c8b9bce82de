"""Two people edited one record: what each typed stands side by side, and the second chooses, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from cuspide.patients.forms import PatientForm

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True)
class Row:
    """A field that somebody else changed meanwhile. `chosen` is proposed when the second editor left it alone."""

    name: str
    label: str
    mine: str
    theirs: str
    theirs_value: str
    chosen: str


def conflict_rows(form: PatientForm, held: Mapping[str, Any]) -> list[Row]:
    """The fields whose value in the store is neither what the form was opened with nor what was typed.

    Fields that only the second editor changed are not asked: her value stands.
    """
    rows = []
    for name, field in form.fields.items():
        theirs, mine, base = form.theirs(held, name), form.mine(name), form.base(name)
        if name not in held or theirs in (base, mine):
            continue
        rows.append(
            Row(
                name=name,
                label=str(field.label),
                mine=form.shown(name, mine),
                theirs=form.shown(name, theirs),
                theirs_value=theirs,
                chosen=THEIRS if mine == base else "",
            )
        )
    return rows


def resolved(posted: QueryDict) -> QueryDict:
    """The form's data after the choices of the conflict page: where theirs was chosen, theirs stands."""
    data = posted.copy()
    for key in posted:
        if key.startswith("choose-") and posted[key] == THEIRS:
            name = key.removeprefix("choose-")
            data[name] = posted.get(f"theirs-{name}", "")
    return data
