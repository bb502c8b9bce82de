"""An identity as typed: cleaned, refused where it cannot be, questioned where it is unlikely."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors, Sentence
from cuspide.formats import nir as nir_format
from cuspide.formats.errors import FormatError
from cuspide.patients.rules import birth, names

TRAITS = frozenset(
    {
        "birth_name",
        "first_birth_given_name",
        "birth_given_names",
        "sex",
        "birth_date",
        "birth_place_code",
        "nir",
        "nir_kind",
    }
)
"""What a digital health identity is made of. A change of one of them undoes its validation."""

OLDEST_AGE = 115
EMANCIPATED_FROM = 16
"""Years (Code civil, art. 413-2)."""

INS_OIDS = {"nir": "1.2.250.1.213.1.4.8", "nia": "1.2.250.1.213.1.4.9"}
"""INS-NIR and INS-NIA (ANS): they name the number of an identity when it is qualified, and never before."""


@dataclass(frozen=True)
class Identity:
    """An identity ready to be kept; names as columns of `Patient`."""

    birth_name: str
    first_birth_given_name: str
    birth_given_names: str
    sex: str
    birth_date: str
    born_on: dt.date
    birth_place_code: str
    birth_place: str
    nir: str
    nir_kind: str
    used_name: str
    used_given_name: str
    civility: str
    language: str
    interpreter: bool
    deceased_on: dt.date | None
    note: str
    emancipated_on: dt.date | None = None
    homonym: bool = False
    doubtful: bool = False
    doubtful_reason: str = ""

    def columns(self) -> dict[str, Any]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


@dataclass(frozen=True)
class Doubt:
    """Something unlikely that may yet be so: the user confirms it, under `key`, or corrects it."""

    key: str
    field: str
    sentence: Sentence


@dataclass(frozen=True)
class CheckedIdentity:
    identity: Identity
    doubts: tuple[Doubt, ...]
    nir_key_computed: str = ""
    """The key, when the NIR was typed without one."""


def nir_refusal(error: FormatError) -> Sentence:
    """Why a NIR is refused, for the user."""
    sentences = {
        "nir.empty": _("Type the NIR."),
        "nir.character": _("A NIR has digits only; for people born in Corsica the 6th and 7th signs are 2A or 2B."),
        "nir.first_digit": _("A NIR begins with 1 (man) or 2 (woman), or with 3, 4, 7 or 8 while it is temporary."),
        "nir.month": _("Digits 4 and 5 of the NIR are the month of birth, 01 to 12, or a code: 20 to 42, 50 to 99."),
        "nir.department": _("Digits 6 and 7 of the NIR are the department of birth: 00 does not exist."),
    }
    if error.code == "nir.length":
        return _("A NIR has 13 digits, or 15 with its key; %(length)s were typed.") % {"length": error.params["length"]}
    if error.code == "nir.key":
        return _(
            "The key %(found)s does not fit this NIR: one of its digits is mistyped, or the key is. "
            "For these 13 digits the key would be %(expected)s."
        ) % {"found": error.params["found"], "expected": error.params["expected"]}
    return sentences.get(error.code, _("This is not a NIR."))


def birth_date_refusal(error: birth.BirthDateError) -> Sentence:
    if error.reason == "year":
        return _("This year of birth is not possible.")
    return _("Write the birth date as day/month/year, such as 07/03/1984; month/year or the year if no more is known.")


def check_identity(typed: Mapping[str, Any], today: dt.date) -> CheckedIdentity:
    """Clean what was typed. Raises FieldErrors, by form field, for what cannot be kept."""
    errors: dict[str, Sentence] = {}
    birth_name = names.surname_case(names.clean_name(typed.get("birth_name", "")))
    given = names.title_case(names.clean_name(typed.get("first_birth_given_name", "")))
    if not names.has_letter(birth_name):
        errors["birth_name"] = _("Type the birth name.")
    if given and not names.has_letter(given):
        errors["first_birth_given_name"] = _("A given name has letters.")
    used_name = names.surname_case(names.clean_name(typed.get("used_name", "")))
    used_given_name = names.title_case(names.clean_name(typed.get("used_given_name", "")))

    born: birth.BirthDate | None = None
    try:
        born = birth.parse_birth_date(typed.get("birth_date", ""))
    except birth.BirthDateError as error:
        errors["birth_date"] = birth_date_refusal(error)
    if born is not None and born.sort_day > today:
        errors["birth_date"] = _("This birth date is in the future.")
    deceased_on = typed.get("deceased_on")
    if deceased_on and deceased_on > today:
        errors["deceased_on"] = _("This date of death is in the future.")
    elif deceased_on and born is not None and deceased_on.year < born.sort_day.year:
        errors["deceased_on"] = _("This date of death is before the birth.")

    emancipated_on = typed.get("emancipated_on")
    if emancipated_on and emancipated_on > today:
        errors["emancipated_on"] = _("This day is still to come.")
    elif emancipated_on and born is not None and birth.age_in_years(born.sort_day, emancipated_on) < EMANCIPATED_FROM:
        errors["emancipated_on"] = _("Nobody is emancipated before the age of 16.")
    nir: nir_format.Nir | None = None
    if str(typed.get("nir", "")).strip():
        try:
            nir = nir_format.parse(str(typed["nir"]))
        except FormatError as error:
            errors["nir"] = nir_refusal(error)
    code = str(typed.get("birth_place_code", "")).strip().upper()
    if code and not _is_place_code(code):
        errors["birth_place_code"] = _("An INSEE code has 5 signs: 26362, 2A004, or 99 and 3 digits for a country.")
    doubtful, reason = bool(typed.get("doubtful")), names.clean_name(str(typed.get("doubtful_reason", "")))
    if doubtful and not reason:
        errors["doubtful_reason"] = _("Say what makes this identity doubtful.")
    if doubtful and typed.get("seen_now"):
        errors["seen_now"] = _("A doubtful identity is not validated: take the doubt away first, or leave this empty.")
    given_names = names.clean_name(typed.get("birth_given_names", ""))
    place = names.clean_name(typed.get("birth_place", ""))
    for field, kept, limit in (
        ("birth_name", birth_name, 200),
        ("first_birth_given_name", given, 200),
        ("birth_given_names", given_names, 500),
        ("used_name", used_name, 200),
        ("used_given_name", used_given_name, 200),
        ("birth_place", place, 120),
    ):
        # Capitals may be longer than what was typed: ß becomes SS.
        if len(kept) > limit:
            errors[field] = _("This is too long: at most %(limit)s letters.") % {"limit": limit}
    if errors or born is None:
        raise FieldErrors(errors)

    sex = str(typed.get("sex", ""))
    identity = Identity(
        birth_name=birth_name,
        first_birth_given_name=given,
        birth_given_names=given_names,
        sex=sex,
        birth_date=born.text,
        born_on=born.sort_day,
        birth_place_code=code,
        birth_place=place,
        nir=nir.full if nir else "",
        nir_kind=str(typed.get("nir_kind") or "nir"),
        used_name="" if used_name == birth_name else used_name,
        used_given_name="" if used_given_name == given else used_given_name,
        civility=str(typed.get("civility", "")),
        language=str(typed.get("language") or "fr"),
        interpreter=bool(typed.get("interpreter")),
        deceased_on=deceased_on,
        note=str(typed.get("note", "")).strip(),
        emancipated_on=emancipated_on,
        homonym=bool(typed.get("homonym")),
        doubtful=doubtful,
        doubtful_reason=reason[:200] if doubtful else "",
    )
    return CheckedIdentity(
        identity,
        tuple(_doubts(identity, born, nir, today)),
        nir_key_computed=nir.key if nir and not nir.key_was_typed else "",
    )


def _is_place_code(code: str) -> bool:
    return len(code) == 5 and code.isascii() and code.isalnum() and (code.isdigit() or code[:2] in {"2A", "2B"})


def _doubts(identity: Identity, born: birth.BirthDate, nir: nir_format.Nir | None, today: dt.date) -> list[Doubt]:
    doubts = []
    if not identity.first_birth_given_name:
        doubts.append(Doubt("no_given_name", "first_birth_given_name", _("The identity document gives no given name.")))
    if birth.is_lunar(born):
        doubts.append(
            Doubt(
                "lunar_date",
                "birth_date",
                _("No calendar has the day %(date)s: the card or the identity document gives it so.")
                % {"date": birth.shown_birth_date(born.text)},
            )
        )
    listed, first = names.words(identity.birth_given_names), names.words(identity.first_birth_given_name)
    if listed and listed[: len(first)] != first:
        doubts.append(
            Doubt(
                "given_names_order",
                "birth_given_names",
                _("The list of given names does not begin with the first one, as the civil register does."),
            )
        )
    if birth.age_in_years(born.sort_day, today) > OLDEST_AGE:
        doubts.append(Doubt("very_old", "birth_date", _("The patient is more than 115 years old.")))
    if nir is None:
        return doubts
    year, month, _day = born.text.split("-")
    if identity.sex in {"M", "F"} and nir.sex.value != identity.sex:
        doubts.append(Doubt("nir_sex", "nir", _("The NIR begins with the digit of the other sex.")))
    if nir.year != int(year) % 100:
        doubts.append(Doubt("nir_year", "nir", _("The year of birth in the NIR is not that of the birth date.")))
    place = identity.birth_place_code
    # Before 1976 Corsica was one department, 20.
    if place and not nir.is_temporary and nir.birth_place not in (place, re.sub("^2[AB]", "20", place)):
        doubts.append(Doubt("nir_place", "nir", _("The place of birth in the NIR is not that of the INSEE code.")))
    if nir.month is not None and month != "00" and nir.month != int(month):
        doubts.append(Doubt("nir_month", "nir", _("The month of birth in the NIR is not that of the birth date.")))
    return doubts


def shown_nir(number: str) -> str:
    """`2 84 03 67 482 123 45`, with no-break spaces."""
    cuts = (0, 1, 3, 5, 7, 10, 13, 15)
    return "\u00a0".join(number[start:end] for start, end in pairwise(cuts)) if number else ""
