"""Why a line was refused, and what is to be looked at of one that was not: codes with what their sentences need.

A refusal of the new-patient form keeps its sentence, as it was said to whoever brought the file in.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import Sentence
from cuspide.formats import encodings
from cuspide.formats.errors import FormatError
from cuspide.portability.rules.fields import FIELDS

Reason = tuple[str, dict[str, Any]]

CALM = frozenset({"earlier_line", "earlier_import", "sex_derived"})
"""What explains an outcome and asks nobody to look."""

_SENTENCES: dict[str, Any] = {
    "csv.quote": _("A quote is opened on this line and never closed."),
    "csv.cells": _("The line has %(found)s cells, the header %(expected)s."),
    "csv.nul": _("The line holds a sign that no text has (zero byte)."),
    "csv.long": _("A text of this line is longer than %(most)s signs."),
    "xlsx.row": _("The sheet cannot be read from here on: the workbook is damaged."),
    "vcard.end": _("This card has no end: the file was cut, or another card begins within it."),
    "vcard.long": _("This card is longer than %(most)s signs."),
    "fhir.json": _("This line is no JSON."),
    "fhir.form": _("This patient is not written as FHIR has it."),
    "sql.deleted": _("This record was deleted in the other program."),
    "sql.cut": _("The dump ends here (its line %(at)s): it was cut."),
    "sql.long": _("The dump cannot be read from here on (its line %(at)s)."),
    "dental.form": _("This row of the dump is not written as Open Dental does."),
    "dental.deleted": _("It was deleted in the other program."),
    "dental.unscheduled": _("It waits on the list of appointments without a day."),
    "dental.planned": _("It is a plan for an appointment, not one in the agenda."),
    "dental.note": _("It is a note in the agenda, not an appointment."),
    "dental.no_day": _("It has no day."),
    "dental.span": _("The agenda has no such day or length."),
    "dental.code": _("Its code is not in the list of the dump."),
    "dental.off": _("This recall was switched off in the other program."),
    "dental.not_due": _("No day is set for this recall."),
    "no_patient": _("Its patient, number %(number)s there, was not brought in."),
    "no_operatory": _("No chair was chosen for “%(name)s”."),
    "no_provider": _("No practitioner was chosen for “%(name)s”."),
    "no_type": _("No type of appointment was chosen for “%(name)s”."),
    "deceased": _("It is still to come, and the patient has died."),
    "record_twice": _("The same number stands twice in the file."),
    "record_differs": _("Brought in before, and now otherwise in the file. Nothing was changed."),
    "in_the_way": _("%(chair)s is already taken at that time: it was booked beside it."),
    "booked_past": _("Its day is past and the other program does not say whether the patient came."),
    "note_cut": _("The note was longer than %(most)s signs: its end was left out."),
    "tooth_elsewhere": _("Tooth %(tooth)s (supernumerary) has no place on the chart."),
    "unreadable": _("The file cannot be read from here on."),
    "formula": _("%(field)s: the cell is a formula, not a value."),
    "nobody": _("Neither a name nor a birth date stands on this line."),
    "said": _("%(field)s: %(said)s"),
    "left_out": _("%(field)s could not be taken; it was written down in the remark: %(said)s"),
    "nir_left_out": _("The NIR was left out: %(said)s"),
    "moved": _("%(field)s was too long and was moved to the remark."),
    "remark_cut": _("The remark was longer than %(most)s signs: its end was left out."),
    "encoding": _("This line is in another encoding than the file: %(encoding)s."),
    "sex_unknown": _("The file does not say the sex."),
    "sex_derived": _("The sex was taken from the civility or the NIR."),
    "may_be": _("May be the same person as record %(number)s, whose names are not quite the same."),
    "homonym": _("Same name and birth date as record %(number)s, under another number of the same program."),
    "another_nir": _("Same name and birth date as record %(number)s, with another NIR."),
    "number_twice": _("Line %(line)s has the same number of the other program and is somebody else."),
    "nir_twice": _("The NIR was left out: it is also that of line %(line)s, who is somebody else."),
    "homonym_line": _("Same name and birth date as line %(line)s, under another number or with another NIR."),
    "number_of_another": _(
        "The other program’s number of this line belongs to record %(number)s, who is somebody else. "
        "Give the program another name, or correct the file."
    ),
    "nir_of_another": _("The NIR was left out: it is that of record %(number)s, whose name or birth date is another."),
    "differs": _("Already known, and otherwise: %(fields)s. Nothing was changed."),
    "earlier_line": _("The same person as line %(line)s."),
    "earlier_import": _("This line was brought in before, with the same file."),
}


def of_format(error: FormatError) -> Reason:
    """A fault of the file itself."""
    return error.code, dict(error.params)


def label(field: str) -> str:
    return str(FIELDS.get(field) or FIELDS.get({"first_birth_given_name": "given_name"}.get(field, ""), field))


def sentence(code: str, params: Mapping[str, Any]) -> Sentence:
    """A reason in the reader's words."""
    said = dict(params)
    if "field" in said:
        said["field"] = label(str(said["field"]))
    if "fields" in said:
        said["fields"] = ", ".join(label(str(field)) for field in said["fields"])
    if "encoding" in said:
        said["encoding"] = encodings.NAMES.get(str(said["encoding"]), said["encoding"])
    return str(_SENTENCES.get(code, _SENTENCES["unreadable"])) % said


def codes() -> list[str]:
    """All codes, for tests."""
    return list(_SENTENCES)
