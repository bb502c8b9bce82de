"""Rows of tables become records, many at a time. The transaction and the trace are the caller's."""

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Q

from cuspide.formats.pricing import basket_of
from cuspide.nomenclature import rules, tables
from cuspide.nomenclature.deriving import Row, Tables
from cuspide.nomenclature.models import (
    Act,
    ActModifier,
    ActTariff,
    Confidence,
    Edition,
    FeeCeiling,
    Origin,
    System,
)

_ACT_FIELDS = [
    *("system", "label", "short_name", "synonyms", "covered", "conditional", "prior_agreement", "exo_tm"),
    *("regroupement", "basket", "modifiers", "complementary", "chapter", "chapter_label", "introduced_on"),
    *("withdrawn_on", "rank", "search_text"),
]
# Places of the everyday lists, in their order; the rest of the nomenclature comes after.
_NGAP_FIRST, _OTHER = 200, 999


def store_editions(rows: Sequence[Row]) -> dict[str, Edition]:
    """Editions of the CCAM by their number."""
    Edition.objects.bulk_create(
        [
            Edition(
                system=System.CCAM, name=row["number"], in_force=tables.first_day(row["in_force"]), source=row["source"]
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["system", "name"],
        update_fields=["in_force", "source"],
    )
    return {edition.name: edition for edition in Edition.objects.filter(system=System.CCAM)}


def store_ccam(found: Tables, editions: dict[str, Edition], names: dict[str, Row]) -> None:
    """Acts and published tariffs of the CCAM become exactly those of the tables; what the practice wrote stays."""
    places = {code: place for place, code in enumerate(names, start=1)}
    _store_acts([_ccam_act(row, names.get(row["code"]), places.get(row["code"], _OTHER)) for row in found.acts])
    ids = dict(Act.objects.filter(system=System.CCAM).values_list("code", "pk"))
    tariffs = [
        ActTariff(
            act_id=ids[row["code"]],
            valid_from=tables.first_day(row["valid_from"]),
            valid_to=tables.day(row["valid_to"]),
            amount=Decimal(row["amount"]),
            amount_other=tables.amount(row["amount_other"]),
            regroupement=row["regroupement"],
            source=editions[row["edition"]].source,
            confidence=Confidence.OFFICIAL,
            edition=editions[row["edition"]],
        )
        for row in found.tariffs
    ]
    keys = {(one.act_id, one.valid_from) for one in tariffs}
    published = ActTariff.objects.filter(origin=Origin.PUBLISHED, act__system=System.CCAM)
    stale = [pk for pk, act, day in published.values_list("pk", "act_id", "valid_from") if (act, day) not in keys]
    ActTariff.objects.filter(pk__in=stale).delete()
    _store_tariffs(tariffs)


def store_ngap(rows: Sequence[Row]) -> None:
    _store_acts(
        [
            Act(
                system=System.NGAP,
                code=row["code"],
                label=row["label"],
                short_name=row["short_name"],
                synonyms=row["synonyms"],
                regroupement=row["regroupement"],
                rank=1 if row["code"] == "C" else _NGAP_FIRST + place,
                search_text=rules.indexed(row["code"], row["short_name"], row["synonyms"], row["label"]),
            )
            for place, row in enumerate(rows)
        ]
    )
    ids = dict(Act.objects.filter(system=System.NGAP).values_list("code", "pk"))
    _store_tariffs(
        [
            ActTariff(
                act_id=ids[row["code"]],
                valid_from=tables.first_day(row["valid_from"]),
                amount=Decimal(row["amount"]),
                regroupement=row["regroupement"],
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in rows
        ]
    )


def store_ceilings(rows: Sequence[Row]) -> None:
    ids = dict(Act.objects.filter(code__in={row["code"] for row in rows}).values_list("code", "pk"))
    FeeCeiling.objects.bulk_create(
        [
            FeeCeiling(
                act_id=ids[row["code"]],
                kind=row["kind"],
                valid_from=tables.first_day(row["valid_from"]),
                valid_to=tables.day(row["valid_to"]),
                amount=Decimal(row["amount"]),
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["act", "kind", "valid_from", "origin"],
        update_fields=["valid_to", "amount", "source", "confidence"],
    )


def store_modifiers(rows: Sequence[Row]) -> None:
    ActModifier.objects.bulk_create(
        [
            ActModifier(
                code=row["code"],
                label=row["label"],
                coefficient=tables.amount(row["coefficient"]) or Decimal(1),
                flat=tables.amount(row["flat"]) or Decimal("0.00"),
                valid_from=tables.first_day(row["valid_from"]),
                source=row["source"],
                confidence=row["confidence"],
            )
            for row in rows
        ],
        update_conflicts=True,
        unique_fields=["code", "valid_from"],
        update_fields=["label", "coefficient", "flat", "source", "confidence"],
    )


def tables_in_store() -> Tables:
    """The CCAM as the store holds it, in the shape of the tables: what a new edition is compared with."""
    acts = [
        {
            "code": act.code,
            "label": act.label,
            "activity": "1",
            "phase": "0",
            "covered": "1" if act.covered else "0",
            "conditional": "1" if act.conditional else "0",
            "prior_agreement": "1" if act.prior_agreement else "0",
            "exo_tm": act.exo_tm,
            "regroupement": act.regroupement,
            "basket": act.basket,
            "modifiers": act.modifiers,
            "complementary": act.complementary,
            "chapter": act.chapter,
            "chapter_label": act.chapter_label,
            "introduced_on": act.introduced_on.isoformat() if act.introduced_on else "",
            "withdrawn_on": act.withdrawn_on.isoformat() if act.withdrawn_on else "",
        }
        for act in Act.objects.filter(system=System.CCAM)
    ]
    published = ActTariff.objects.filter(Q(act__system=System.CCAM), Q(origin=Origin.PUBLISHED))
    tariffs = [
        {
            "code": one.act.code,
            "valid_from": one.valid_from.isoformat(),
            "valid_to": one.valid_to.isoformat() if one.valid_to else "",
            "amount": str(one.amount),
            "amount_other": "" if one.amount_other is None else str(one.amount_other),
            "regroupement": one.regroupement,
            "edition": one.edition.name if one.edition else "",
        }
        for one in published.select_related("act", "edition").order_by("valid_from")
    ]
    return Tables(acts, tariffs)


def names_in_store() -> dict[str, Row]:
    """Everyday names as the store holds them, the most used first."""
    return {
        act.code: {"short_name": act.short_name, "synonyms": act.synonyms}
        for act in Act.objects.filter(system=System.CCAM, rank__lt=_OTHER).order_by("rank")
    }


def _ccam_act(row: Row, named: Row | None, rank: int) -> Act:
    short_name = named["short_name"] if named else ""
    synonyms = named["synonyms"] if named else ""
    return Act(
        system=System.CCAM,
        code=row["code"],
        label=row["label"],
        short_name=short_name,
        synonyms=synonyms,
        covered=row["covered"] == "1",
        conditional=row["conditional"] == "1",
        prior_agreement=row["prior_agreement"] == "1",
        exo_tm=row["exo_tm"],
        regroupement=row["regroupement"],
        basket=basket_of(row["regroupement"]).value,
        modifiers=row["modifiers"],
        complementary=row["complementary"],
        chapter=row["chapter"],
        chapter_label=row["chapter_label"],
        introduced_on=tables.day(row["introduced_on"]),
        withdrawn_on=tables.day(row["withdrawn_on"]),
        rank=rank,
        search_text=rules.indexed(row["code"], short_name, synonyms, row["label"]),
    )


def _store_acts(acts: Sequence[Act]) -> None:
    Act.objects.bulk_create(acts, update_conflicts=True, unique_fields=["code"], update_fields=_ACT_FIELDS)


def _store_tariffs(tariffs: Sequence[ActTariff]) -> None:
    ActTariff.objects.bulk_create(
        tariffs,
        update_conflicts=True,
        unique_fields=["act", "valid_from", "origin"],
        update_fields=["valid_to", "amount", "amount_other", "regroupement", "source", "confidence", "edition"],
    )
