"""An alert as typed: cleaned, recognised in the list of substances, refused where it says nothing. Pure."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors, Sentence
from cuspide.patients.rules.names import clean_name, fold
from cuspide.patients.rules.substances import CLASSES, Known, recognise

OF_SUBSTANCES = ("allergy", "intolerance", "medication")


def check_alert(typed: Mapping[str, Any], born_on: dt.date) -> dict[str, Any]:
    """Columns of an alert. A class that was chosen holds; else what the words name. Raises FieldErrors, by field."""
    errors: dict[str, Sentence] = {}
    label = clean_name(str(typed.get("label", "")))
    if not label:
        errors["label"] = _("Say what the alert is about.")
    since, until = typed.get("since"), typed.get("until")
    if since is not None and since < born_on:
        errors["since"] = _("This day is before the patient’s birth.")
    if since is not None and until is not None and until < since:
        errors["until"] = _("This alert would end before it begins.")
    if errors:
        raise FieldErrors(errors)
    known = recognise(label) if typed["kind"] in OF_SUBSTANCES else Known()
    chosen = str(typed.get("drug_class") or "")
    return {
        "kind": typed["kind"],
        "label": label,
        "substance": known.substance,
        "drug_class": chosen if chosen in CLASSES and typed["kind"] in OF_SUBSTANCES else known.drug_class,
        "severity": typed["severity"],
        "since": since,
        "until": until,
        "source": typed["source"],
        "said_by": clean_name(str(typed.get("said_by", "")))[:120],
        "remark": str(typed.get("remark", "")).strip(),
    }


class Standing(Protocol):
    label: Any
    substance: Any
    drug_class: Any


def same_alert(standing: Standing, columns: Mapping[str, Any]) -> bool:
    """Whether an alert of the same kind says already what is typed: the same words, substance, or class as a whole."""
    if fold(standing.label) == fold(columns["label"]):
        return True
    about = (columns["substance"], columns["drug_class"])
    return any(about) and (standing.substance, standing.drug_class) == about


def to_check(until: dt.date | None, today: dt.date) -> bool:
    """Whether the day is past until which an alert was expected to hold."""
    return until is not None and until < today
