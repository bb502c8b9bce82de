"""A correspondent as typed: cleaned, refused where a letter or a message would not arrive. Pure."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors, Sentence
from cuspide.formats import rpps as formats_rpps
from cuspide.formats.errors import FormatError
from cuspide.patients.rules.contacts import is_email, phone_refusal
from cuspide.patients.rules.names import clean_name, fold, has_letter, surname_case
from cuspide.patients.rules.phones import PhoneError, normalise_phone

MSS_ENDING = ".mssante.fr"
_PLAIN = ("given_name", "speciality", "organisation", "line1", "line2", "postcode", "city")


def check_correspondent(typed: Mapping[str, Any]) -> dict[str, Any]:
    """Columns of a correspondent. Raises FieldErrors, by form field."""
    errors: dict[str, Sentence] = {}
    columns: dict[str, Any] = {name: clean_name(str(typed.get(name, ""))) for name in _PLAIN}
    columns["family_name"] = surname_case(clean_name(str(typed.get("family_name", ""))))
    if not has_letter(columns["family_name"]):
        errors["family_name"] = _("A family name is needed.")
    if not columns["speciality"]:
        errors["speciality"] = _("Say which speciality or profession.")
    columns["rpps"] = str(typed.get("rpps", "")).strip()
    if columns["rpps"]:
        try:
            columns["rpps"] = formats_rpps.parse(columns["rpps"])
        except FormatError:
            errors["rpps"] = _("This is no RPPS number: eleven digits, the last one a check digit.")
    columns["phone"] = str(typed.get("phone", "")).strip()
    if columns["phone"]:
        try:
            columns["phone"] = normalise_phone(columns["phone"])
        except PhoneError as error:
            errors["phone"] = phone_refusal(error)
    for name in ("email", "mss"):
        columns[name] = str(typed.get(name, "")).strip()
        if columns[name] and not is_email(columns[name]):
            errors[name] = _("This is not an e-mail address.")
    columns["mss"] = columns["mss"].lower()
    if columns["mss"] and "mss" not in errors and not columns["mss"].endswith(MSS_ENDING):
        errors["mss"] = _("An MSSanté address ends with .mssante.fr.")
    if columns["email"] and "email" not in errors and columns["email"].lower().endswith(MSS_ENDING):
        errors["email"] = _("This is an MSSanté address: it has a field of its own.")
    columns["remark"] = str(typed.get("remark", "")).strip()
    if errors:
        raise FieldErrors(errors)
    return columns | {"sought": sought(columns)}


def sought(columns: Mapping[str, Any]) -> str:
    """What a correspondent is found by."""
    parts = ("family_name", "given_name", "speciality", "organisation", "city", "rpps")
    return fold(" ".join(columns[name] for name in parts))[:600]
