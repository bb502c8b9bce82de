"""Every write of the nomenclature: editions, corrections, the practice's own acts and fees."""

import datetime as dt
import re
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from cuspide.audit import trail
from cuspide.core import clock
from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.formats.ccam import CcamEdition
from cuspide.nomenclature import loading, permissions, rules, selectors, tables
from cuspide.nomenclature.deriving import Tables, derive
from cuspide.nomenclature.models import Act, ActTariff, Confidence, Edition, FeeCeiling, Origin, PracticeFee, System
from cuspide.practice.models import LegalEntity

_HIGHEST = Decimal("1000000.00")
_OWN_CODE = re.compile(r"[A-Z][A-Z0-9]{1,11}")
_LOOKS_OFFICIAL = re.compile(r"[A-Z]{4}[0-9]{3}")


@transaction.atomic
def load_edition(actor: Actor) -> Edition:
    """Bring in the tables that come with the program: acts, tariffs, ceilings, NGAP, modifiers, everyday names.

    Doing it again changes nothing. Where the practice has brought in a newer edition by itself, acts and tariffs of
    the CCAM are left as they are. What the practice wrote (fees, corrections, own acts) is never touched.
    """
    actor.require_everywhere(permissions.CORRECT)
    listed = tables.read("editions")
    newest = max(row["in_force"] for row in listed)
    held = selectors.newest_edition()
    editions = loading.store_editions(listed)
    if held is None or held.in_force.isoformat() <= newest:
        names = {row["code"]: row for row in tables.read("everyday_names")}
        loading.store_ccam(Tables(tables.read("acts"), tables.read("tariffs")), editions, names)
    loading.store_ngap(tables.read("ngap"))
    loading.store_ceilings(tables.read("ceilings"))
    loading.store_modifiers(tables.read("modifiers"))
    edition = editions[max(listed, key=lambda row: row["in_force"])["number"]]
    if held is None or held.in_force < edition.in_force:
        trail.record(actor, "nomenclature.load", subject=edition, detail={"edition": edition.name})
    return edition


@transaction.atomic
def bring_in(actor: Actor, official: CcamEdition) -> Edition:
    """Bring in an edition that the CNAM published; tariffs that changed get a new period from its first day.

    Raises DomainError where the store holds a newer edition already.
    """
    actor.require_everywhere(permissions.CORRECT)
    held = selectors.newest_edition()
    if held is not None and held.in_force > official.in_force:
        raise DomainError(
            _("Edition %(held)s is newer than edition %(given)d: nothing was changed.")
            % {"held": held.name, "given": official.version}
        )
    before = loading.tables_in_store()
    names = loading.names_in_store() or {row["code"]: row for row in tables.read("everyday_names")}
    number = str(official.version)
    source = f"CNAM, CCAM version {number}"
    editions = loading.store_editions([{"number": number, "in_force": official.in_force.isoformat(), "source": source}])
    loading.store_ccam(derive([official], before), editions, names)
    edition = editions[number]
    trail.record(actor, "nomenclature.import", subject=edition, detail={"edition": number})
    return edition


def _amount(name: str, amount: Decimal) -> Decimal:
    if not amount.is_finite() or not 0 <= amount <= _HIGHEST or amount != amount.quantize(Decimal("0.01")):
        raise FieldErrors({name: _("An amount is a positive number of euros and cents.")})
    return amount


def _source(source: str) -> str:
    source = " ".join(source.split())
    if not source:
        raise FieldErrors({"source": _("Say where the value comes from.")})
    return source[:200]


@transaction.atomic
def correct_tariff(
    actor: Actor,
    act: Act,
    *,
    amount: Decimal,
    valid_from: dt.date,
    source: str,
    valid_to: dt.date | None = None,
    confidence: str = Confidence.GOOD,
) -> ActTariff:
    """Write the practice's own value of a tariff beside the published one; it wins from `valid_from` on.

    Raises FieldErrors for an impossible amount, dates out of order or no source.
    """
    actor.require_everywhere(permissions.CORRECT)
    values = _correction(amount, valid_from, valid_to, source, confidence)
    tariff, _made = ActTariff.objects.update_or_create(
        act=act,
        valid_from=valid_from,
        origin=Origin.PRACTICE,
        defaults={**values, "regroupement": act.regroupement},
    )
    _trace_correction(actor, "nomenclature.correct_tariff", act, valid_from, amount, source)
    return tariff


@transaction.atomic
def correct_ceiling(
    actor: Actor,
    act: Act,
    *,
    amount: Decimal,
    valid_from: dt.date,
    source: str,
    valid_to: dt.date | None = None,
    kind: str = FeeCeiling.Kind.CONVENTION,
    confidence: str = Confidence.GOOD,
) -> FeeCeiling:
    """Write the practice's own value of a ceiling beside the published one. Raises as `correct_tariff`."""
    actor.require_everywhere(permissions.CORRECT)
    values = _correction(amount, valid_from, valid_to, source, confidence)
    ceiling, _made = FeeCeiling.objects.update_or_create(
        act=act, kind=kind, valid_from=valid_from, origin=Origin.PRACTICE, defaults=values
    )
    _trace_correction(actor, "nomenclature.correct_ceiling", act, valid_from, amount, source)
    return ceiling


def _correction(
    amount: Decimal, valid_from: dt.date, valid_to: dt.date | None, source: str, confidence: str
) -> dict[str, object]:
    if valid_to is not None and valid_to < valid_from:
        raise FieldErrors({"valid_to": _("The last day comes before the first.")})
    return {
        "amount": _amount("amount", amount),
        "valid_to": valid_to,
        "source": _source(source),
        "confidence": confidence,
        "recorded_at": clock.now(),
    }


def _trace_correction(actor: Actor, action: str, act: Act, valid_from: dt.date, amount: Decimal, source: str) -> None:
    detail = {"code": act.code, "from": valid_from.isoformat(), "amount": str(amount), "source": source[:200]}
    trail.record(actor, action, subject=act, detail=detail)


def _require_of(actor: Actor, entity: LegalEntity | None) -> None:
    """Fees are those of a legal entity: whoever sets them has the right at all of its sites; without an entity, at
    all there are."""
    if entity is None or actor.everywhere(permissions.SET_FEES):
        actor.require_everywhere(permissions.SET_FEES)
        return
    for site in entity.sites.values_list("pk", flat=True):
        actor.require(permissions.SET_FEES, site)


@transaction.atomic
def set_fee(actor: Actor, act: Act, entity: LegalEntity, *, amount: Decimal, valid_from: dt.date) -> PracticeFee:
    """Decide what a legal entity asks for an act from a day on; earlier acts keep their price. Raises FieldErrors."""
    _require_of(actor, entity)
    fee, _made = PracticeFee.objects.update_or_create(
        entity=entity,
        act=act,
        valid_from=valid_from,
        defaults={"amount": _amount("amount", amount), "recorded_at": clock.now()},
    )
    detail = {"code": act.code, "from": valid_from.isoformat(), "amount": str(amount)}
    trail.record(actor, "nomenclature.set_fee", subject=act, detail=detail)
    return fee


@transaction.atomic
def add_own_act(
    actor: Actor,
    *,
    code: str,
    label: str,
    short_name: str = "",
    fee: Decimal | None = None,
    entity: LegalEntity | None = None,
) -> Act:
    """An act outside the nomenclature (HN), not covered, under a code of the practice.

    fee: what `entity` asks for it from today; without entity every entity asks it. Raises FieldErrors.
    """
    _require_of(actor, entity)
    code = code.strip().upper()
    label = " ".join(label.split())
    errors: dict[str, str] = {}
    if not _OWN_CODE.fullmatch(code):
        errors["code"] = _("A code has 2 to 12 letters and digits and begins with a letter.")
    elif _LOOKS_OFFICIAL.fullmatch(code):
        errors["code"] = _("Four letters and three digits are a CCAM code: choose another.")
    elif Act.objects.filter(code=code).exists():
        errors["code"] = _("This code is taken.")
    if not label:
        errors["label"] = _("Say what the act is.")
    elif len(label) > 300:
        errors["label"] = _("The label has 300 characters at most.")
    if errors:
        raise FieldErrors(errors)
    act = Act.objects.create(
        system=System.OWN,
        code=code,
        label=label,
        short_name=short_name[:120],
        covered=False,
        basket="free",
        rank=500,
        search_text=rules.indexed(code, short_name, label),
    )
    trail.record(actor, "nomenclature.add_act", subject=act, detail={"code": code})
    if fee is not None:
        for each in [entity] if entity is not None else LegalEntity.objects.all():
            set_fee(actor, act, each, amount=fee, valid_from=clock.today())
    return act
