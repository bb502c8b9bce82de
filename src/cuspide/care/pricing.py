"""What an act costs a patient on a day: the nomenclature's price with the cover of that day, as an act keeps it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from cuspide.core.errors import FieldErrors
from cuspide.formats.errors import FormatError
from cuspide.formats.pricing import CoverageRules, PricedAct
from cuspide.nomenclature import selectors as nomenclature
from cuspide.nomenclature.coverage import rules_for
from cuspide.nomenclature.models import Act as NomenclatureAct
from cuspide.nomenclature.pricebook import PriceBook
from cuspide.nomenclature.wording import NOTICES, sentence
from cuspide.patients.models import Patient
from cuspide.practice.models import LegalEntity

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Price:
    """The price of one act. Amounts in euros; `amo + amc + patient == fee`."""

    system: str
    code: str
    label: str
    fee: Decimal
    base: Decimal
    amo: Decimal
    amc: Decimal
    patient: Decimal
    short_name: str = ""
    modifiers: str = ""
    notices: tuple[str, ...] = ()
    coverage: dict[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a list shows: the everyday name, else the label."""
        return self.short_name or self.label

    def columns(self) -> dict[str, Any]:
        """The amounts as columns of an act."""
        return {
            "fee": self.fee,
            "base": self.base,
            "amo_share": self.amo,
            "amc_share": self.amc,
            "patient_share": self.patient,
            "coverage": self.coverage,
        }


@dataclass(frozen=True)
class Asked:
    """What is asked for an act besides its code: a fee (None: the usual one), how many, the modifiers, and whether the
    care belongs to the ALD or to the accident that exempts the patient."""

    fee: Decimal | None = None
    quantity: int = 1
    modifiers: str = ""
    related_to_exemption: bool = False


USUAL = Asked()


def snapshot(rules: CoverageRules, priced: PricedAct, *, fee_set: bool) -> dict[str, Any]:
    """The cover an act was priced with, to be read years later without its rows."""
    contract = rules.amc
    return {
        "amo": rules.amo,
        "amo_rate": str(priced.amo_rate),
        "exemptions": sorted(each.value for each in rules.exemptions),
        "alsace_moselle": rules.alsace_moselle,
        "c2s": rules.c2s,
        "amc": None if contract is None else {"percent": str(contract.percent), "responsible": contract.responsible},
        "third_party": priced.third_party.value,
        "due_from_amo": str(priced.due_from_amo),
        "due_from_amc": str(priced.due_from_amc),
        "due_from_patient": str(priced.due_from_patient),
        "justification": priced.justification,
        "notices": [notice.value for notice in priced.notices],
        "fee_set": fee_set,
    }


def from_book(book: PriceBook, code: str, day: dt.date, rules: CoverageRules, asked: Asked = USUAL) -> Price:
    """Price one act out of a price book. FieldErrors for a code, a modifier or an amount that cannot be."""
    if code not in book:
        raise FieldErrors({"code": _("This code is not in the nomenclature.")})
    line = book.lines[code]
    marks = "".join(sorted(set(asked.modifiers.upper().replace(" ", ""))))
    try:
        priced = book.price(
            code,
            day,
            rules,
            fee=asked.fee,
            modifiers=tuple(marks),
            quantity=asked.quantity,
            related_to_exemption=asked.related_to_exemption,
        )
    except FormatError as error:
        where = "modifiers" if "modifier" in error.code else "fee" if "fee" in error.code else "code"
        raise FieldErrors({where: sentence(error)}) from error
    return Price(
        system=line.system,
        code=code,
        label=line.label,
        fee=priced.fee,
        base=priced.base,
        amo=priced.amo,
        amc=priced.amc,
        patient=priced.patient,
        modifiers=marks,
        notices=tuple(str(NOTICES[notice]) for notice in priced.notices),
        coverage=snapshot(rules, priced, fee_set=asked.fee is not None),
    )


def known_act(code: str) -> NomenclatureAct:
    """The act of a code as it was typed. FieldErrors for what is no code. One query."""
    typed = code.strip().upper()
    act = nomenclature.get_act(typed) if typed.isascii() and typed.isalnum() else None
    if act is None or act.code != typed:
        raise FieldErrors({"code": _("This code is not in the nomenclature.")})
    return act


def price(patient: Patient, entity: LegalEntity, code: str, day: dt.date, asked: Asked = USUAL) -> Price:
    """Price one act of a patient on a day. Nine queries. Raises as `from_book` does."""
    act = known_act(code)
    book = nomenclature.price_book([act.code], entity)
    found = from_book(book, act.code, day, rules_for(patient, day), asked)
    return replace(found, short_name=act.short_name)


def prices(patient: Patient, entity: LegalEntity, acts: Sequence[NomenclatureAct], day: dt.date) -> list[Price]:
    """Prices of several acts of the nomenclature in the same eight queries, whatever their number. Those whose price
    cannot be worked out without a typed fee are given with a fee of 0 and a notice."""
    if not acts:
        return []
    book = nomenclature.price_book([act.code for act in acts], entity)
    rules = rules_for(patient, day)
    found = []
    for act in acts:
        try:
            found.append(replace(from_book(book, act.code, day, rules), short_name=act.short_name))
        except FieldErrors as error:
            found.append(
                Price(act.system, act.code, act.label, ZERO, ZERO, ZERO, ZERO, ZERO, act.short_name, "", (str(error),))
            )
    return found


def system_of(code: str) -> str:
    """Which list a code stands in. FieldErrors when it stands in none."""
    act = known_act(code)
    return act.system
