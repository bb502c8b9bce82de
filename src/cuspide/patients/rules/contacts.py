"""Contacts as typed on one form: cleaned, refused where they cannot be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors, Sentence
from cuspide.patients.rules.names import clean_name
from cuspide.patients.rules.phones import PhoneError, normalise_phone

PHONE_FIELDS = {"mobile": "mobile", "home_phone": "home", "work_phone": "work", "other_phone": "other"}
"""Form field to use of the contact point."""

CALL_FIRST = {"mobile": 0, "home": 1, "work": 2, "other": 3}
"""The order in which one tries to reach somebody."""

ADDRESS_FIELDS = ("line1", "line2", "postcode", "city", "country")

_EMAIL = re.compile(r"[^\s@<>\"]{1,64}@[^\s@<>\".]+(\.[^\s@<>\".]+)+")


@dataclass(frozen=True)
class Point:
    """A contact point ready to be kept."""

    kind: str
    use: str
    value: str
    normalised: str
    whose: str = ""


@dataclass(frozen=True)
class Contacts:
    """All contacts of the form. `address` maps columns to text; it is empty when no line was typed."""

    points: tuple[Point, ...]
    address: Mapping[str, str]


def phone_refusal(error: PhoneError) -> Sentence:
    if error.reason == "length":
        return _("A French telephone number has 10 digits.")
    if error.reason == "prefix":
        return _("A French number begins with 0; a foreign one with + and the code of its country.")
    return _("A telephone number has digits only.")


def is_email(text: str) -> bool:
    """Whether a text has the form of an e-mail address."""
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def check_contacts(typed: Mapping[str, Any]) -> Contacts:
    """Clean what was typed. Raises FieldErrors, by form field."""
    errors: dict[str, Sentence] = {}
    points: list[Point] = []
    for field, use in PHONE_FIELDS.items():
        text = str(typed.get(field, "")).strip()
        if not text:
            continue
        try:
            normalised = normalise_phone(text)
        except PhoneError as error:
            errors[field] = phone_refusal(error)
            continue
        whose = clean_name(str(typed.get("other_whose", ""))) if use == "other" else ""
        points.append(Point("phone", use, normalised, normalised, whose))
    email = str(typed.get("email", "")).strip()
    if email:
        if not is_email(email):
            errors["email"] = _("This is not an e-mail address.")
        points.append(Point("email", "home", email, email.casefold()))
    if errors:
        raise FieldErrors(errors)
    lines = {name: clean_name(str(typed.get(name, ""))) for name in ADDRESS_FIELDS}
    lines["country"] = lines["country"].upper() or "FR"
    stands = any(lines[name] for name in ADDRESS_FIELDS if name != "country")
    return Contacts(tuple(points), lines if stands else {})
