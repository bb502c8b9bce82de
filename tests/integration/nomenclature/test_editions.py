"""Editions are brought in whole, once, and never over what the practice wrote."""

import datetime as dt
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError, FieldErrors, Forbidden
from cuspide.nomenclature import importing, selectors, services
from cuspide.nomenclature.models import Act, ActTariff, Confidence, Edition, FeeCeiling, Origin, PracticeFee

SYSTEM = Actor.system("test")
DAY = dt.date(2026, 6, 1)


def export(version: int, day: str, *rows: str) -> bytes:
    return "\n".join([f"CNAM - CCAM version {version} applicable {day},,,,,,,,,,", *rows, ""]).encode()


def row(code: str, price: str, group: str = "SDE", label: str = "Acte") -> str:
    return f"{code},,{label},1,0,{price},{price},,,5-7,{group}"


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Act, ActTariff, FeeCeiling, Edition))


def test_loading_twice_changes_nothing_and_is_quick(nomenclature: Edition) -> None:
    before = counts()
    rows = list(Act.objects.order_by("code").values_list("uuid", "code", "search_text", "rank"))
    started = time.monotonic()
    services.load_edition(SYSTEM)
    assert time.monotonic() - started < 2
    assert counts() == before
    assert list(Act.objects.order_by("code").values_list("uuid", "code", "search_text", "rank")) == rows


def test_prices_of_2026_are_there(nomenclature: Edition) -> None:
    assert (nomenclature.name, nomenclature.in_force) == ("81", dt.date(2026, 1, 1))
    for code, amount in (("HBJD001", "28.92"), ("HBMD053", "30.47"), ("HBLD634", "120.00"), ("C", "23.00")):
        tariff = selectors.tariff_at(code, DAY)
        assert tariff is not None
        assert tariff.amount == Decimal(amount)
        assert tariff.source
    ceiling = selectors.ceiling_at("HBLD634", DAY)
    assert ceiling is not None
    assert (ceiling.amount, ceiling.confidence) == (Decimal("515.00"), Confidence.WEAK)


def test_a_correction_stands_beside_the_published_value_and_survives_loading(nomenclature: Edition) -> None:
    act = Act.objects.get(code="HBJD001")
    services.correct_tariff(
        SYSTEM, act, amount=Decimal("29.50"), valid_from=dt.date(2026, 3, 1), source="JO du 15/02/2026"
    )
    services.load_edition(SYSTEM)
    values = {one.origin: one.amount for one in ActTariff.objects.filter(act=act) if one.valid_from <= DAY}
    assert values == {Origin.PUBLISHED: Decimal("28.92"), Origin.PRACTICE: Decimal("29.50")}
    held = selectors.tariff_at("HBJD001", DAY)
    earlier = selectors.tariff_at("HBJD001", dt.date(2026, 2, 28))
    assert held is not None
    assert earlier is not None
    assert (held.amount, earlier.amount) == (Decimal("29.50"), Decimal("28.92"))
    assert selectors.price_book(["HBJD001"]).tariff("HBJD001", DAY) == Decimal("29.50")


def test_correcting_the_same_day_again_replaces_the_correction(nomenclature: Edition) -> None:
    act = Act.objects.get(code="HBLD634")
    for amount in ("520.00", "530.00"):
        services.correct_ceiling(
            SYSTEM, act, amount=Decimal(amount), valid_from=dt.date(2026, 1, 1), source="Convention"
        )
    ceiling = selectors.ceiling_at("HBLD634", DAY)
    assert ceiling is not None
    assert ceiling.amount == Decimal("530.00")
    assert FeeCeiling.objects.filter(act=act, origin=Origin.PRACTICE).count() == 1


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Decimal("-1.00")}, "amount"),
        ({"amount": Decimal("1.005")}, "amount"),
        ({"amount": Decimal("NaN")}, "amount"),
        ({"source": "  "}, "source"),
        ({"valid_to": dt.date(2025, 1, 1)}, "valid_to"),
    ],
)
def test_an_impossible_correction_is_refused(nomenclature: Edition, values: dict[str, Any], field: str) -> None:
    usual = {"amount": Decimal("30.00"), "valid_from": dt.date(2026, 1, 1), "source": "JO"}
    with pytest.raises(FieldErrors) as caught:
        services.correct_tariff(SYSTEM, Act.objects.get(code="HBJD001"), **(usual | values))
    assert list(caught.value.errors) == [field]
    assert not ActTariff.objects.filter(origin=Origin.PRACTICE).exists()


def test_a_new_edition_gives_new_prices_from_its_day(nomenclature: Edition, tmp_path: Path) -> None:
    file = tmp_path / "ccam82.csv"
    file.write_bytes(export(82, "01/07/2027", row("HBJD001", "31.00", "AXI"), row("HBZZ001", "12.00", label="Neuf")))
    edition = importing.import_file(SYSTEM, file)
    assert edition.name == "82"
    book = selectors.price_book()
    assert book.tariff("HBJD001", dt.date(2027, 6, 30)) == Decimal("28.92")
    assert book.tariff("HBJD001", dt.date(2027, 7, 1)) == Decimal("31.00")
    assert book.tariff("HBZZ001", dt.date(2027, 7, 1)) == Decimal("12.00")
    gone = Act.objects.get(code="HBMD053")
    assert gone.withdrawn_on == dt.date(2027, 7, 1)
    assert book.tariff("HBMD053", dt.date(2027, 7, 1)) is None
    scaling = Act.objects.get(code="HBJD001")
    assert (scaling.short_name, scaling.rank) == ("Détartrage et polissage", 1)
    before = counts()
    importing.import_file(SYSTEM, file)
    services.load_edition(SYSTEM)
    assert counts() == before
    assert Act.objects.get(code="HBJD001").tariffs.count() == 2


def test_an_older_edition_is_refused(nomenclature: Edition, tmp_path: Path) -> None:
    file = tmp_path / "old.csv"
    file.write_bytes(export(70, "01/01/2022", row("HBJD001", "1.00", "AXI")))
    before = counts()
    with pytest.raises(DomainError):
        importing.import_file(SYSTEM, file)
    assert counts() == before


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "première ligne"),
        (b"\xff\xfe\x00", "UTF-8"),
        (export(82, "01/07/2027", row("HBJD001", "abc")), "Ligne 2, colonne 6"),
        (export(82, "01/07/2027", row("HBJD001", "1.00"), row("HBJD001", "1.00")), "Ligne 3, colonne 1"),
    ],
)
def test_a_damaged_file_says_where_and_changes_nothing(
    nomenclature: Edition, tmp_path: Path, data: bytes, said: str
) -> None:
    from django.utils import translation

    file = tmp_path / "damaged.csv"
    file.write_bytes(data)
    before = counts()
    with translation.override("fr"), pytest.raises(DomainError) as caught:
        importing.import_file(SYSTEM, file)
    assert said in str(caught.value)
    assert counts() == before


def test_a_file_that_is_not_there_says_so(nomenclature: Edition, tmp_path: Path) -> None:
    with pytest.raises(DomainError):
        importing.import_file(SYSTEM, tmp_path / "absent.csv")


def test_the_fee_of_the_practice_holds_from_its_day(nomenclature: Edition, practice: Any) -> None:
    act = Act.objects.get(code="HBLD634")
    for day, amount in ((dt.date(2026, 1, 1), "480.00"), (dt.date(2026, 5, 1), "500.00")):
        services.set_fee(SYSTEM, act, practice.entity, amount=Decimal(amount), valid_from=day)
    services.set_fee(SYSTEM, act, practice.entity, amount=Decimal("505.00"), valid_from=dt.date(2026, 5, 1))
    assert selectors.fee_at("HBLD634", practice.entity, dt.date(2026, 4, 30)) == Decimal("480.00")
    assert selectors.fee_at("HBLD634", practice.entity, DAY) == Decimal("505.00")
    assert selectors.fee_at("HBLD634", practice.entity, dt.date(2025, 1, 1)) is None
    assert PracticeFee.objects.count() == 2
    assert selectors.price_book(["HBLD634"], practice.entity).fee("HBLD634", DAY) == Decimal("505.00")


def test_an_act_of_the_practice_is_found_and_priced(nomenclature: Edition, practice: Any) -> None:
    from cuspide.core import clock
    from cuspide.formats.pricing import CoverageRules

    act = services.add_own_act(SYSTEM, code="blanch1", label="Éclaircissement au fauteuil", fee=Decimal("400.00"))
    assert (act.code, act.covered) == ("BLANCH1", False)
    assert act in selectors.search_acts("eclair fauteuil", clock.today())
    priced = selectors.price("BLANCH1", clock.today(), CoverageRules(), entity=practice.entity)
    assert (priced.fee, priced.patient) == (Decimal("400.00"), Decimal("400.00"))
    services.load_edition(SYSTEM)
    assert Act.objects.get(code="BLANCH1").label == "Éclaircissement au fauteuil"


@pytest.mark.parametrize("code", ["HBJD001", "ABCD123", "", "1A", "A" * 13, "É1", "a b"])
def test_an_own_code_never_looks_official(nomenclature: Edition, code: str) -> None:
    with pytest.raises(FieldErrors) as caught:
        services.add_own_act(SYSTEM, code=code, label="Acte")
    assert "code" in caught.value.errors


def test_only_those_who_may_write(nomenclature: Edition, actors: Any, practice: Any) -> None:
    act = Act.objects.get(code="HBJD001")
    day = dt.date(2026, 1, 1)
    for role in ("secretary", "assistant", "bookkeeper", "technician"):
        with pytest.raises(Forbidden):
            services.set_fee(actors[role], act, practice.entity, amount=Decimal("30.00"), valid_from=day)
        with pytest.raises(Forbidden):
            services.add_own_act(actors[role], code="HN1", label="Acte")
    for role in ("secretary", "dentist", "technician"):
        with pytest.raises(Forbidden):
            services.correct_tariff(actors[role], act, amount=Decimal("1.00"), valid_from=day, source="x")
        with pytest.raises(Forbidden):
            services.load_edition(actors[role])
    services.set_fee(actors["dentist"], act, practice.entity, amount=Decimal("28.92"), valid_from=day)


def test_what_is_written_is_traced(nomenclature: Edition, practice: Any) -> None:
    from cuspide.audit.models import Entry

    act = Act.objects.get(code="HBJD001")
    services.set_fee(SYSTEM, act, practice.entity, amount=Decimal("28.92"), valid_from=DAY)
    services.correct_tariff(SYSTEM, act, amount=Decimal("29.00"), valid_from=DAY, source="JO")
    actions = set(Entry.objects.filter(subject_uuid=act.uuid).values_list("action", flat=True))
    assert actions == {"nomenclature.set_fee", "nomenclature.correct_tariff"}
