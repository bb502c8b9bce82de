"""Cover as typed: AMO, rights and AMC, cleaned, refused where it cannot be."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.core import clock
from cuspide.core.errors import FieldErrors, Sentence
from cuspide.formats import nir as nir_format
from cuspide.formats.errors import FormatError
from cuspide.patients.rules.identity import nir_refusal
from cuspide.patients.rules.names import clean_name

# Act of 30 April 1930: compulsory insurance from 1 July of that year.
FIRST_RIGHTS = dt.date(1930, 7, 1)
REGIMES = {
    "01": pgettext_lazy("regime", "General scheme"),
    "02": pgettext_lazy("regime", "Farming scheme (MSA)"),
    "04": "SNCF",
    "05": "RATP",
    "06": pgettext_lazy("regime", "Seamen (ENIM)"),
    "07": pgettext_lazy("regime", "Miners"),
    "08": pgettext_lazy("regime", "Armed forces (CNMSS)"),
    "10": pgettext_lazy("regime", "Notaries’ clerks (CRPCEN)"),
    "17": "CAVIMAC",
    "90": pgettext_lazy("regime", "Ministers of religion (CAVIMAC, former code)"),
    "91": "MGEN",
    "92": "MGP",
    "93": pgettext_lazy("regime", "Civil servants’ mutual insurers"),
}
"""Great regimes met in practice. Any other two digits are kept as they are on the card."""


def check_amo(typed: Mapping[str, Any], patient_nir: str) -> dict[str, Any] | None:
    """Columns of `AmoCoverage`; None when no regime was typed. Raises FieldErrors."""
    errors: dict[str, Sentence] = {}
    regime = str(typed.get("regime", "")).strip()
    others = any(typed.get(name) for name in ("caisse", "centre", "insured_nir", "rights_from", "rights_to"))
    if not regime:
        if others:
            raise FieldErrors({"regime": _("Choose the regime, or empty the other fields of the AMO.")})
        return None
    columns: dict[str, Any] = {"regime": regime}
    for name, length in (("regime", 2), ("caisse", 3), ("centre", 4)):
        code = str(typed.get(name, "")).strip()
        columns[name] = code
        if code and not (code.isascii() and code.isdigit() and len(code) == length):
            errors[name] = _("This code has %(length)s digits.") % {"length": length}
    columns["beneficiary"] = str(typed.get("beneficiary") or "00")
    insured = str(typed.get("insured_nir", "")).strip()
    try:
        columns["insured_nir"] = nir_format.parse(insured).full if insured else ""
    except FormatError as error:
        errors["insured_nir"] = nir_refusal(error)
    else:
        if not insured and columns["beneficiary"] == "00":
            columns["insured_nir"] = patient_nir
    columns["rights_from"], columns["rights_to"] = typed.get("rights_from"), typed.get("rights_to")
    if columns["rights_from"] and columns["rights_from"] < FIRST_RIGHTS:
        errors["rights_from"] = _("These rights begin before there was compulsory insurance.")
    if columns["rights_from"] and columns["rights_to"] and columns["rights_to"] < columns["rights_from"]:
        errors["rights_to"] = _("These rights end before they begin.")
    columns["learnt_from"] = str(typed.get("learnt_from") or "said")
    columns["checked_at"] = typed.get("checked_at")
    if errors:
        raise FieldErrors(errors)
    return columns


def check_amc(typed: Mapping[str, Any]) -> dict[str, Any] | None:
    """Columns of `AmcCoverage`; None when no organisation was typed. Raises FieldErrors."""
    errors: dict[str, Sentence] = {}
    organisation = clean_name(str(typed.get("organisation", "")))
    if not organisation:
        if typed.get("organisation_number") or typed.get("member_number"):
            raise FieldErrors({"organisation": _("Type the name of the complementary insurer, or empty its numbers.")})
        return None
    guarantee = _rate(typed.get("guarantee"), "guarantee", errors)
    columns: dict[str, Any] = {
        "organisation": organisation,
        "organisation_number": str(typed.get("organisation_number", "")).strip(),
        "member_number": str(typed.get("member_number", "")).strip(),
        "contract_kind": str(typed.get("contract_kind") or "individual"),
        "responsible": bool(typed.get("responsible")),
        "guarantee": Decimal(1) if guarantee is None else guarantee,
        "prosthesis_guarantee": _rate(typed.get("prosthesis_guarantee"), "prosthesis_guarantee", errors),
        "third_party_agreement": bool(typed.get("third_party_agreement")),
        "rights_to": typed.get("amc_rights_to"),
        "learnt_from": str(typed.get("amc_learnt_from") or "said"),
        "checked_at": typed.get("amc_checked_at"),
    }
    number = columns["organisation_number"]
    if number and not (number.isascii() and number.isalnum() and len(number) <= 10):
        errors["organisation_number"] = _("An AMC number has 8 to 10 digits or letters.")
    if errors:
        raise FieldErrors(errors)
    return columns


def _rate(percent: Any, field: str, errors: dict[str, Sentence]) -> Decimal | None:
    """A percentage typed as a whole number, as a fraction."""
    if percent is None or percent == "":
        return None
    if not 0 <= int(percent) <= 2000:
        errors[field] = _("A guarantee is a percentage of the base of reimbursement, such as 100 or 250.")
    return Decimal(int(percent)) / 100


READ_FROM = ("card", "adri", "paper")
"""What cover is read on. A word of the patient's, or another program's, is no reading."""


def check_exemption(typed: Mapping[str, Any], today: dt.date) -> dict[str, Any]:
    """Columns of an exemption or right but its dates. Raises FieldErrors, by form field."""
    errors: dict[str, Sentence] = {}
    kind, learnt_from = str(typed["kind"]), str(typed.get("learnt_from") or "said")
    number, event_on, checked_at = typed.get("ald_number"), typed.get("event_on"), typed.get("checked_at")
    if number is not None and kind != "ald":
        errors["ald_number"] = _("Only a long-term illness has an ALD number.")
    elif number is not None and not 1 <= number <= 32:
        errors["ald_number"] = _("An ALD number is 1 to 30, 31 outside the list, 32 for several illnesses.")
    if event_on is not None and kind not in ("maternity", "at_mp"):
        errors["event_on"] = _("Only an accident at work or a maternity has such a day.")
    elif event_on is not None and kind == "at_mp" and event_on > today:
        errors["event_on"] = _("This day is still to come.")
    if checked_at is not None and checked_at > today:
        errors["checked_at"] = _("This day is still to come.")
    if errors:
        raise FieldErrors(errors)
    return {
        "kind": kind,
        "reference": str(typed.get("reference", "")).strip(),
        "ald_number": number,
        "event_on": event_on,
        "learnt_from": learnt_from,
        "checked_at": checked_at or (today if learnt_from in READ_FROM else None),
    }


class Learnt(Protocol):
    """What is asked of a row of cover."""

    learnt_from: Any
    checked_at: Any
    recorded_at: Any


def due_on(row: Learnt) -> dt.date | None:
    """The first day on which a row of cover must be read again. None: at once, since it was only said, or came with a
    file. A row that was read somewhere without the day being noted was read when it was recorded."""
    read_at = row.checked_at
    if read_at is None and row.learnt_from in READ_FROM:
        read_at = clock.local(row.recorded_at).date()
    return check_again_on(getattr(row, "rights_to", None), read_at)


def is_due(row: Learnt, today: dt.date) -> bool:
    due = due_on(row)
    return due is None or due <= today


def check_again_on(rights_to: dt.date | None, checked_at: dt.date | None) -> dt.date | None:
    """The first day on which rights must be read again: after their end, else a year after they were read. None: at
    once, they never were."""
    if rights_to is not None:
        return rights_to + dt.timedelta(days=1)
    return checked_at + dt.timedelta(days=366) if checked_at is not None else None
