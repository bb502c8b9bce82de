"""People around a patient as typed, and who decides for her. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors, Sentence
from cuspide.patients.rules.contacts import phone_refusal
from cuspide.patients.rules.names import clean_name, has_letter
from cuspide.patients.rules.phones import PhoneError, normalise_phone

OF_MAJORITY = 18


def check_person(kind: str, typed: Mapping[str, Any], born_on: dt.date, today: dt.date) -> dict[str, Any]:
    """Columns of somebody around a patient born on that day. `typed["person"]`, a record of the practice, gives the
    name where none is typed. Raises FieldErrors, by form field."""
    errors: dict[str, Sentence] = {}
    person = typed.get("person")
    name = person.display_name if person is not None else clean_name(str(typed.get("name", "")))
    if not has_letter(name):
        errors["name"] = _("Say who it is: a name, or the record number of a patient.")
    phone = str(typed.get("phone", "")).strip()
    if phone:
        try:
            phone = normalise_phone(phone)
        except PhoneError as error:
            errors["phone"] = phone_refusal(error)
    elif kind == "emergency" and person is None:
        errors["phone"] = _("Whoever is to be called needs a telephone.")
    since, until, seen_on = (typed.get(day) for day in ("since", "until", "seen_on"))
    if since is not None and since < born_on:
        errors["since"] = _("This day is before the patient’s birth.")
    elif since is not None and since > today:
        errors["since"] = _("This day is still to come.")
    if until is not None and since is not None and until < since:
        errors["until"] = _("This measure ends before it begins.")
    if seen_on is not None and seen_on > today:
        errors["seen_on"] = _("This day is still to come.")
    if errors:
        raise FieldErrors(errors)
    parental, protection = kind == "parental", kind == "protection"
    return {
        "name": name[:200],
        "person": person,
        "relation": clean_name(str(typed.get("relation", ""))),
        "phone": phone,
        "measure": typed["measure"] if protection else "",
        "decides": typed["decides"] if parental or protection else "",
        "separated": bool(typed.get("separated")) if parental else False,
        "since": since,
        "until": until if protection else None,
        "seen_on": seen_on,
        "remark": str(typed.get("remark", "")).strip(),
    }


class Related(Protocol):
    """What is asked of somebody around a patient (`models.RelatedPerson`)."""

    kind: Any
    name: Any
    decides: Any
    measure: Any
    separated: Any
    until: Any


@dataclass(frozen=True)
class Signing:
    """Who gives consent: one of `names`, or `all_of_them`; and the patient too, or alone where there are no names.

    `known` is false for a minor of whom nobody noted who holds parental authority.
    """

    names: tuple[str, ...] = ()
    all_of_them: bool = False
    patient_too: bool = True
    known: bool = True


@dataclass(frozen=True)
class Deciding:
    """Who decides for a patient on a day. `parents` decide for a minor, `guardians` have a measure in force; those of
    a measure that ran out, and was not ended here, are `lapsed`."""

    minor: bool
    parents: tuple[Any, ...] = ()
    guardians: tuple[Any, ...] = ()
    lapsed: tuple[Any, ...] = ()
    separated: bool = False

    def signing(self, *, usual: bool) -> Signing:
        """Who signs for an act of care. A usual act needs one of the parents, whom a professional of good faith may
        take to agree with the other; any other needs both (Code civil, art. 372-2 and 373-2-1; CSP art. L1111-4)."""
        represents = tuple(one.name for one in self.guardians if one.decides == "represents")
        if self.minor and self.parents:
            alone = tuple(one.name for one in self.parents if one.decides == "alone")
            jointly = tuple(one.name for one in self.parents if one.decides == "jointly")
            if alone:
                return Signing(alone, patient_too=False)
            return Signing(jointly, all_of_them=not usual and len(jointly) > 1, patient_too=False)
        if represents:
            return Signing(represents, patient_too=False)
        assists = tuple(one.name for one in self.guardians if one.decides == "assists")
        if assists:
            return Signing(assists)
        return Signing(patient_too=not self.minor, known=not self.minor)


def deciding(people: Iterable[Related], age: int, today: dt.date, *, emancipated: bool = False) -> Deciding:
    """Who decides for a patient of that age, among all who stand around her. Parents decide until majority or
    emancipation."""
    people = tuple(people)
    minor = age < OF_MAJORITY and not emancipated
    parents = tuple(one for one in people if minor and one.kind == "parental")
    protection = tuple(one for one in people if one.kind == "protection")
    return Deciding(
        minor=minor,
        parents=tuple(one for one in parents if one.decides != "informed"),
        guardians=tuple(one for one in protection if one.until is None or one.until >= today),
        lapsed=tuple(one for one in protection if one.until is not None and one.until < today),
        separated=any(one.separated for one in parents),
    )
