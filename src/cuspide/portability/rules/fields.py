"""What a column of a file may mean. Most are the fields of the new-patient form; some are split or joined."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

FIELDS: dict[str, Any] = {
    "source_number": _("Record number in the other program"),
    "family_name": _("Family name, of birth if there is no other"),
    "birth_name": _("Birth name"),
    "used_name": _("Name in use"),
    "full_name": _("Family and given name together"),
    "given_name": _("Given name"),
    "used_given_name": _("Given name in use"),
    "birth_given_names": _("All given names at birth"),
    "civility": _("Civility"),
    "sex": _("Sex"),
    "birth_date": _("Birth date"),
    "birth_place": _("Place of birth"),
    "birth_place_code": _("INSEE code of the place"),
    "nir": _("NIR (social security number)"),
    "nir_key": _("Key of the NIR"),
    "phone": _("Telephone (mobile or home by its number)"),
    "mobile": pgettext_lazy("telephone", "Mobile"),
    "home_phone": pgettext_lazy("telephone", "Home"),
    "work_phone": pgettext_lazy("telephone", "Work"),
    "other_phone": _("Another person"),
    "other_whose": _("Who that is"),
    "email": _("E-mail"),
    "line1": _("Address"),
    "line2": _("Address, continued"),
    "postcode": _("Postcode"),
    "city": _("Town"),
    "postcode_city": _("Postcode and town together"),
    "country": _("Country"),
    "amo_code": _("Regime, fund and centre together"),
    "regime": _("Regime"),
    "caisse": _("Fund"),
    "centre": _("Centre"),
    "insured_nir": _("NIR of the insured person"),
    "rights_to": _("Rights until"),
    "organisation": _("Complementary insurer"),
    "organisation_number": _("AMC number"),
    "member_number": _("Member number"),
    "deceased_on": _("Date of death"),
    "note": _("Remark for the desk"),
}
"""Field to label, in the order in which they are offered."""

MANY = frozenset({"note", "phone"})
"""What several columns may mean at once."""

LIMITS = {"line1": 120, "line2": 120, "city": 120, "postcode": 12, "other_whose": 120, "source_number": 100,
          "organisation": 120, "member_number": 30}  # fmt: skip
"""Longest text of what the form limits and the rules do not."""

NEEDED = ("birth_name", "family_name", "full_name")
"""Without one of these and a birth date nobody can be created."""


def missing(mapping: dict[str, str]) -> list[str]:
    """What the mapping lacks: `name`, `birth_date`."""
    meant = set(mapping.values())
    return [
        *(["name"] if not meant & set(NEEDED) else []),
        *(["birth_date"] if "birth_date" not in meant else []),
    ]


def doubled(mapping: dict[str, str]) -> list[str]:
    """Fields that two columns mean and only one can."""
    meant = [field for field in mapping.values() if field and field not in MANY]
    return sorted({field for field in meant if meant.count(field) > 1})
