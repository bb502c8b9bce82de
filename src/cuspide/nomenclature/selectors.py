"""Every read of the nomenclature. The number of queries stands with each."""

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Prefetch, Q, QuerySet

from cuspide.formats.pricing import CoverageRules, PricedAct
from cuspide.formats.teeth import Tooth
from cuspide.nomenclature import rules, tables
from cuspide.nomenclature.models import Act, ActModifier, ActTariff, Edition, FeeCeiling, Origin, PracticeFee
from cuspide.nomenclature.pricebook import BookModifier, DatedAmount, PriceBook, PricedBookLine
from cuspide.practice.models import LegalEntity

D = TypeVar("D", ActTariff, FeeCeiling)


def acts_at(day: dt.date) -> QuerySet[Act]:
    """The acts that may be billed on a day."""
    return Act.objects.filter(
        Q(introduced_on__isnull=True) | Q(introduced_on__lte=day),
        Q(withdrawn_on__isnull=True) | Q(withdrawn_on__gt=day),
    )


def search_acts(text: str, at: dt.date, limit: int = 12, favourites: Collection[str] = ()) -> list[Act]:
    """Acts by the beginning of their code or by words in any order, accents or not, everyday names included.

    Best first: exact code, exact name, favourites (codes), then everyday acts by how well their names fit and how usual
    they are.
    One query.
    """
    words = rules.search_words(text)
    if not words:
        return []
    found = acts_at(at)
    for word in words:
        found = found.filter(search_text__contains=f" {word}")
    candidates = list(found.defer("complementary", "chapter_label").order_by("rank", "code")[:400])
    candidates.sort(key=lambda act: _closeness(act, words, favourites))
    return candidates[:limit]


def _closeness(act: Act, words: Sequence[str], favourites: Collection[str]) -> tuple[Any, ...]:
    name = f" {rules.folded(act.short_name)} "
    in_name = sum(f" {word}" in name for word in words)
    whole = sum(f" {word} " in act.search_text for word in words)
    return (
        act.code.lower() != words[0] or len(words) > 1,
        name.split() != list(words),
        act.code not in favourites,
        not act.code.lower().startswith(words[0]),
        not act.short_name,
        -in_name,
        -whole,
        not name.startswith(f" {words[0]}"),
        act.rank,
        act.code,
    )


def get_act(code: str) -> Act | None:
    """The act of a code in any case. One query."""
    return Act.objects.filter(code=code.strip().upper()[:12]).first()


def _on(day: dt.date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gte=day))


def tariff_at(code: str, day: dt.date) -> ActTariff | None:
    """The tariff of a code on a day, the practice's correction first. One query."""
    held = ActTariff.objects.filter(_on(day), act__code=code)
    return _first(held)


def ceiling_at(code: str, day: dt.date, kind: str = FeeCeiling.Kind.CONVENTION) -> FeeCeiling | None:
    """The ceiling of a code on a day, the practice's correction first. One query."""
    return _first(FeeCeiling.objects.filter(_on(day), act__code=code, kind=kind))


def _first(held: QuerySet[D]) -> D | None:
    return min(held.order_by("-valid_from"), key=lambda one: one.origin != Origin.PRACTICE, default=None)


def fee_at(code: str, entity: LegalEntity, day: dt.date) -> Decimal | None:
    """What a legal entity asks for a code on a day, when it decided so. One query."""
    row = PracticeFee.objects.filter(entity=entity, act__code=code, valid_from__lte=day).order_by("-valid_from").first()
    return row.amount if row else None


def price_book(codes: Iterable[str] | None = None, entity: LegalEntity | None = None) -> PriceBook:
    """A price book of all acts, or of some codes, with the fees of one legal entity. Five queries, four without
    entity."""
    acts = Act.objects.all()
    if codes is not None:
        acts = acts.filter(code__in=sorted(set(codes)))
    chosen = None if codes is None else Q(act__in=acts)

    def rows(model: Any, *conditions: Q) -> Any:
        found = model.objects.filter(*conditions)
        return found.filter(chosen) if chosen is not None else found

    tariffs: dict[int, list[DatedAmount]] = {}
    for one in rows(ActTariff).values_list("act_id", "valid_from", "valid_to", "amount", "origin", "regroupement"):
        amount = DatedAmount(one[1], one[2], one[3], one[4] == Origin.PRACTICE, one[5])
        tariffs.setdefault(one[0], []).append(amount)
    ceilings: dict[tuple[int, str], list[DatedAmount]] = {}
    for one in rows(FeeCeiling).values_list("act_id", "valid_from", "valid_to", "amount", "origin", "kind"):
        amount = DatedAmount(one[1], one[2], one[3], one[4] == Origin.PRACTICE)
        ceilings.setdefault((one[0], one[5]), []).append(amount)
    fees: dict[int, list[DatedAmount]] = {}
    if entity is not None:
        for one in rows(PracticeFee, Q(entity=entity)).values_list("act_id", "valid_from", "amount"):
            fees.setdefault(one[0], []).append(DatedAmount(one[1], None, one[2], from_practice=True))
    lines = {
        act.code: PricedBookLine(
            code=act.code,
            system=act.system,
            label=act.label,
            covered=act.covered,
            conditional=act.conditional,
            exo_tm=act.exo_tm,
            regroupement=act.regroupement,
            modifiers=frozenset(act.modifiers.split()),
            tariffs=tuple(tariffs.get(act.pk, ())),
            ceilings=tuple(ceilings.get((act.pk, FeeCeiling.Kind.CONVENTION.value), ())),
            c2s_maxima=tuple(ceilings.get((act.pk, FeeCeiling.Kind.C2S.value), ())),
            fees=tuple(fees.get(act.pk, ())),
        )
        for act in acts.defer("search_text", "synonyms", "complementary")
    }
    modifiers = tuple(
        BookModifier(one.code, one.valid_from, one.coefficient, one.flat) for one in ActModifier.objects.all()
    )
    return PriceBook(lines, modifiers)


def price(
    act: Act | str,
    at: dt.date,
    coverage: CoverageRules,
    *,
    fee: Decimal | None = None,
    modifiers: Sequence[str] = (),
    quantity: int = 1,
    entity: LegalEntity | None = None,
    conditions_met: bool | None = None,
    related_to_exemption: bool = False,
    as_prevention: bool = False,
) -> PricedAct:
    """Price one act on the day it is done: `fee`, else the entity's own fee, else the tariff. Four or five queries;
    for several acts take a `price_book`.

    Raises KeyError for an unknown code, `formats.errors.FormatError` for what cannot be priced
    (`wording.refusal` makes it a refusal that a view shows).
    """
    code = act if isinstance(act, str) else act.code
    return price_book([code], entity).price(
        code,
        at,
        coverage,
        fee=fee,
        modifiers=modifiers,
        quantity=quantity,
        conditions_met=conditions_met,
        related_to_exemption=related_to_exemption,
        as_prevention=as_prevention,
    )


def proposed_codes(kind: str, one: Tooth, surfaces: int = 0, pulp: str = "") -> list[str]:
    """Codes that may be billed for what is charted on a tooth, likeliest first. No query.

    kind: filling, sealant, pulp_capping, root_treatment, extraction, crown, temporary_crown, inlay_core, inlay_onlay,
    veneer, implant, implant_crown, bridge. pulp: vital, necrotic, or "" when it is not known.
    """
    lines = (line for line in tables.proposals() if line.holds_for(kind, one, surfaces, pulp))
    return list(dict.fromkeys(line.code for line in lines))


def proposals(kind: str, one: Tooth, at: dt.date, surfaces: int = 0, pulp: str = "") -> list[Act]:
    """The acts of `proposed_codes` that exist on a day, likeliest first. One query."""
    codes = proposed_codes(kind, one, surfaces, pulp)
    found = {act.code: act for act in acts_at(at).filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


@dataclass(frozen=True)
class BrowseLine:
    """A line of the nomenclature's page, on a day."""

    act: Act
    tariff: ActTariff | None
    ceiling: FeeCeiling | None
    fee: Decimal | None = None


def browse(acts: Sequence[Act], day: dt.date, entity: LegalEntity | None = None) -> list[BrowseLine]:
    """Tariff, ceiling and own fee of some acts on a day. Three queries, two without entity."""
    tariffs = _by_act(ActTariff.objects.filter(_on(day), act__in=acts))
    ceilings = _by_act(FeeCeiling.objects.filter(_on(day), act__in=acts, kind=FeeCeiling.Kind.CONVENTION))
    fees: dict[int, Decimal] = {}
    if entity is not None:
        for row in PracticeFee.objects.filter(entity=entity, act__in=acts, valid_from__lte=day).order_by("valid_from"):
            fees[row.act_id] = row.amount
    return [BrowseLine(act, tariffs.get(act.pk), ceilings.get(act.pk), fees.get(act.pk)) for act in acts]


def _by_act(held: QuerySet[D]) -> dict[int, D]:
    best: dict[int, D] = {}
    for row in held.order_by("valid_from"):
        before = best.get(row.act_id)
        if before is None or before.origin != Origin.PRACTICE or row.origin == Origin.PRACTICE:
            best[row.act_id] = row
    return best


def act_with_history(uuid: Any) -> Act | None:
    """An act with its tariffs, ceilings and fees, latest first. Four queries."""
    return (
        Act.objects.filter(uuid=uuid)
        .prefetch_related(
            Prefetch("tariffs", ActTariff.objects.select_related("edition").order_by("-valid_from", "origin")),
            Prefetch("ceilings", FeeCeiling.objects.order_by("kind", "-valid_from", "origin")),
            Prefetch("practice_fees", PracticeFee.objects.select_related("entity").order_by("-valid_from")),
        )
        .first()
    )


def newest_edition(system: str = "ccam") -> Edition | None:
    """The newest edition that was brought in. One query."""
    return Edition.objects.filter(system=system).order_by("-in_force").first()
