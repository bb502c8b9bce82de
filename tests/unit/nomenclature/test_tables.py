"""The tables that come with the program hold together, and agree with what the CNAM published."""

import csv
import datetime as dt
import itertools
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from cuspide.formats.ccam import CcamEdition, is_code, read_export
from cuspide.formats.pricing import basket_of
from cuspide.formats.teeth import ALL_TEETH, tooth
from cuspide.nomenclature import deriving, tables
from cuspide.nomenclature.deriving import Tables, derive
from cuspide.nomenclature.rules import Confidence

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "ccam"

ACTS = {row["code"]: row for row in tables.read("acts")}
TARIFFS = tables.read("tariffs")


def official(name: str) -> CcamEdition:
    if not (OFFICIAL / name).exists():
        pytest.skip("the official CCAM exports are not beside this checkout")
    return read_export((OFFICIAL / name).read_bytes())


def tariff_on(code: str, day: str) -> str | None:
    found = [
        row["amount"]
        for row in TARIFFS
        if row["code"] == code and row["valid_from"] <= day and (not row["valid_to"] or day <= row["valid_to"])
    ]
    assert len(found) <= 1, f"{code} has two tariffs on {day}"
    return found[0] if found else None


@pytest.mark.parametrize(
    ("name", "day"),
    [("ccam_v78_20250201_full.csv", "2025-02-01"), ("ccam_v81_20260101_full.csv", "2026-01-01")],
)
def test_every_tariff_is_that_of_the_official_export(name: str, day: str) -> None:
    published = {act.code: act for act in official(name).acts}
    for code in ACTS:
        act = published.get(code)
        main = act.main if act else None
        expected = None if main is None or main.tariff is None else str(main.tariff)
        assert tariff_on(code, day) == expected, code


def test_every_act_has_the_official_label_group_and_rules() -> None:
    published = {act.code: act for act in official("ccam_v81_20260101_full.csv").acts}
    withdrawn = {code for code, row in ACTS.items() if row["withdrawn_on"]}
    assert withdrawn == {"HBLD425"}
    for code, row in ACTS.items():
        if code in withdrawn:
            assert code not in published
            continue
        act = published[code]
        assert act.main is not None
        assert (row["label"], row["modifiers"].split()) == (act.label, list(act.modifiers))
        assert (row["regroupement"], row["exo_tm"]) == (act.main.regroupement, act.main.exo_tm)
        assert (row["covered"] == "1", row["conditional"] == "1") == (act.main.covered, act.main.conditional)


def test_deriving_the_tables_again_changes_nothing() -> None:
    held = deriving.read_tables(tables.FOLDER)
    editions = [official("ccam_v78_20250201_full.csv"), official("ccam_v81_20260101_full.csv")]
    again = derive(editions, held)
    assert again.acts == held.acts
    assert again.tariffs == held.tariffs


def test_no_two_tariffs_of_an_act_hold_on_one_day() -> None:
    by_code: dict[str, list[tuple[str, str]]] = {}
    for row in TARIFFS:
        assert Decimal(row["amount"]) >= 0
        by_code.setdefault(row["code"], []).append((row["valid_from"], row["valid_to"] or "9999-12-31"))
    for code, periods in by_code.items():
        periods.sort()
        for (_start, end), (start, _end) in itertools.pairwise(periods):
            assert end < start, code


def test_the_table_is_a_dental_one() -> None:
    assert len(ACTS) == 652
    assert all(is_code(code) for code in ACTS)
    assert all(row["basket"] == basket_of(row["regroupement"]) for row in ACTS.values())
    baskets = Counter(row["basket"] for row in ACTS.values() if not row["withdrawn_on"])
    assert (baskets["rac0"], baskets["moderate"], baskets["free"]) == (60, 67, 92)


def test_a_known_change_of_2026_is_in_the_table() -> None:
    assert tariff_on("HBFD006", "2025-12-31") == "23.92"
    assert tariff_on("HBFD006", "2026-01-01") == "36.00"
    assert tariff_on("HBLD090", "2025-12-31") == "90.00"
    assert tariff_on("HBLD090", "2026-01-01") == "70.00"
    assert tariff_on("HBLD425", "2026-01-01") is None


@pytest.mark.parametrize("name", ["everyday_names", "chart_proposals", "ceilings"])
def test_every_code_that_is_named_exists(name: str) -> None:
    rows = tables.read(name)
    assert rows
    assert {row["code"] for row in rows} <= set(ACTS)


@pytest.mark.parametrize("name", ["ceilings", "ngap", "modifiers"])
def test_every_value_has_a_source_and_a_confidence(name: str) -> None:
    for row in tables.read(name):
        assert row["source"]
        assert row["confidence"] in {each.value for each in Confidence}
        assert dt.date.fromisoformat(row["valid_from"]) <= dt.date(2026, 12, 31)


def test_an_everyday_name_stands_once() -> None:
    rows = tables.read("everyday_names")
    assert max(Counter(row["code"] for row in rows).values()) == 1
    assert max(Counter(row["short_name"] for row in rows).values()) == 1
    assert len(rows) >= 60


# What a proposal says of a tooth must be in the official label of the act it proposes.
_FRONT, _BACK = "incisivocanin", "prémolomolaire"


@pytest.mark.parametrize("one", ALL_TEETH, ids=lambda one: one.code)
def test_proposed_acts_are_for_that_kind_of_tooth(one: object) -> None:
    from cuspide.formats.teeth import Tooth

    assert isinstance(one, Tooth)
    for surfaces in range(1, 6):
        for line in tables.proposals():
            if not line.holds_for(line.kind, one, surfaces, line.pulp):
                continue
            label = ACTS[line.code]["label"].replace("’", "'")
            if _FRONT in label:
                assert one.is_anterior or "ou prémolaire" in label
            if _BACK in label:
                assert not one.is_anterior
            if line.kind == "filling":
                assert (f"{min(surfaces, 3)} face" in label) or "angle" in label or "ancrage" in label
            if "temporaire" in label:
                assert one.is_deciduous or line.kind == "temporary_crown"
            elif line.kind in ("root_treatment", "extraction"):
                assert not one.is_deciduous
            if "première prémolaire maxillaire" in label and "autre que" not in label:
                assert one.code in ("14", "24")
            if "autre que la première prémolaire" in label:
                assert one.code in ("15", "25", "34", "35", "44", "45")
            if line.kind == "root_treatment" and "molaire" in label.replace("prémolaire", ""):
                assert one.kind == "molar"
            if line.kind == "root_treatment" and line.pulp == "vital":
                assert "pulpe vivante" in label or "pulpe camérale" in label
            if line.kind == "root_treatment" and line.pulp == "necrotic":
                assert "non vivant" in label
            if "troisième molaire mandibulaire" in label:
                assert one.code in ("38", "48")
            if "troisième molaire maxillaire" in label:
                assert one.code in ("18", "28")
            if line.kind == "crown" and "sur une molaire" in label:
                assert one.kind == "molar"
            if line.kind == "crown" and "incisive, une canine ou une première prémolaire" in label:
                assert one.is_anterior or one.rank == 4
            if line.kind == "crown" and label.endswith("sur une deuxième prémolaire"):
                assert one.rank == 5


@pytest.mark.parametrize("code", [each.code for each in ALL_TEETH])
def test_every_tooth_has_a_filling_a_root_treatment_and_an_extraction(code: str) -> None:
    one = tooth(code)
    for kind in ("filling", "root_treatment", "extraction"):
        assert [line for line in tables.proposals() if line.holds_for(kind, one, 1, "")], kind


def test_a_new_edition_ends_the_old_price_and_keeps_the_history() -> None:
    def edition(version: int, day: str, rows: str) -> CcamEdition:
        text = f"CNAM - CCAM version {version} applicable {day},,,,,,,,,,\n{rows}"
        return read_export(text.encode())

    line = '{code},,"{label}",1,0,{price},{price},,,5,SDE\n'
    first = edition(90, "01/01/2030", line.format(code="HBZZ001", label="A", price="10.00"))
    second = edition(
        91,
        "01/07/2030",
        line.format(code="HBZZ001", label="A bis", price="12.50")
        + line.format(code="HBZZ002", label="B", price="3.00"),
    )
    third = edition(92, "01/01/2031", line.format(code="HBZZ002", label="B", price="Non pris en charge"))
    found = derive([third, first, second], Tables([], []))
    periods = [(row["code"], row["valid_from"], row["valid_to"], row["amount"]) for row in found.tariffs]
    assert periods == [
        ("HBZZ001", "2030-01-01", "2030-06-30", "10.00"),
        ("HBZZ001", "2030-07-01", "2030-12-31", "12.50"),
        ("HBZZ002", "2030-07-01", "2030-12-31", "3.00"),
    ]
    acts = {row["code"]: row for row in found.acts}
    assert (acts["HBZZ001"]["label"], acts["HBZZ001"]["withdrawn_on"]) == ("A bis", "2031-01-01")
    assert (acts["HBZZ002"]["introduced_on"], acts["HBZZ002"]["covered"]) == ("2030-07-01", "0")


def test_tables_are_written_as_they_are_read(tmp_path: Path) -> None:
    held = deriving.read_tables(tables.FOLDER)
    deriving.write_tables(tmp_path, held)
    for name in ("acts.csv", "tariffs.csv"):
        with (tmp_path / name).open(encoding="utf-8", newline="") as stream:
            assert list(csv.DictReader(stream)) == tables.read(name.removesuffix(".csv"))
