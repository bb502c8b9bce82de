"""Rows of Open Dental become appointments, acts and recalls in the words and the tooth numbers of a French chart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import open_dental_records, teeth
from cuspide.formats.errors import FormatError
from cuspide.formats.mysql_dump import DumpRow
from cuspide.formats.open_dental_records import Lists, Procedure, Recall, Visit

LISTS = Lists(codes={"1": ("D2392", "filling")}, providers={"1": "Albert Ng"}, recalls={"1": "Prophy"})


def one(table: str, **values: str) -> open_dental_records.Record:
    return open_dental_records._record(DumpRow(table, 1, values), LISTS)


def act(**values: str) -> Procedure:
    what = one("procedurelog", **({"ProcNum": "1", "PatNum": "1", "CodeNum": "1", "ProcStatus": "2"} | values)).what
    assert isinstance(what, Procedure)
    return what


@pytest.mark.parametrize(
    ("american", "fdi"),
    [("1", "18"), ("3", "16"), ("8", "11"), ("9", "21"), ("16", "28"), ("17", "38"), ("24", "31"), ("25", "41"),
     ("32", "48"), ("A", "55"), ("E", "51"), ("F", "61"), ("J", "65"), ("K", "75"), ("O", "71"), ("P", "81"),
     ("t", "85")],
)  # fmt: skip
def test_american_numbers_go_round_the_mouth(american: str, fdi: str) -> None:
    assert teeth.from_universal(american).code == fdi


def test_each_tooth_has_one_american_number() -> None:
    numbers = [*map(str, range(1, 33)), *"ABCDEFGHIJKLMNOPQRST"]
    assert sorted(teeth.from_universal(number).code for number in numbers) == sorted(t.code for t in teeth.ALL_TEETH)


@pytest.mark.parametrize("wrong", ["", "0", "33", "51", "AS", "U", "3.5", "-1", "٣", "1A"])
def test_what_is_no_american_number_is_refused(wrong: str) -> None:
    with pytest.raises(FormatError):
        teeth.from_universal(wrong)


@pytest.mark.parametrize(
    ("tooth", "there", "here"),
    [("3", "MO", "MO"), ("3", "DOM", "MOD"), ("8", "MIFL", "MIVP"), ("19", "BV", "V"), ("30", "L", "L"),
     ("14", "L", "P"), ("3", "M?M", "M"), ("3", "", "")],
)  # fmt: skip
def test_surfaces_are_those_of_the_tooth(tooth: str, there: str, here: str) -> None:
    assert act(ToothNum=tooth, Surf=there).surfaces == here


@pytest.mark.parametrize(
    ("there", "here"),
    [("UR", "10"), ("LL", "30"), ("U", "01"), ("L", "02"), ("1", "03"), ("6", "08"), ("7", ""), ("", "")],
)
def test_a_part_of_the_mouth_is_a_region(there: str, here: str) -> None:
    assert act(Surf=there).region == here


def test_a_range_and_a_supernumerary_tooth() -> None:
    bridge = act(ToothRange="3,4,5,5", Surf="")
    assert (bridge.teeth, bridge.elsewhere) == (("16", "15", "14"), "")
    extra = act(ToothNum="55", Surf="M")
    assert (extra.teeth, extra.elsewhere, extra.surfaces, extra.region) == ((), "55", "", "")


def test_an_interval_is_a_byte_each() -> None:
    due = {"RecallNum": "1", "PatNum": "1", "DateDue": "2026-09-03", "RecallTypeNum": "1"}
    half_a_year = one("recall", **due, RecallInterval="393217").what
    assert isinstance(half_a_year, Recall)
    assert (half_a_year.months, half_a_year.days) == (6, 1)
    odd = one("recall", **due, RecallInterval="9" * 40).what
    assert isinstance(odd, Recall)
    assert (odd.months, odd.days) == (0, 0)


def test_the_hygienist_sees_whom_she_cleans() -> None:
    row = {"AptNum": "1", "PatNum": "1", "AptStatus": "1", "Pattern": "XX", "AptDateTime": "2026-03-02 09:00:00",
           "ProvNum": "1", "ProvHyg": "2"}  # fmt: skip
    dentist, hygienist = one("appointment", **row).what, one("appointment", **row, IsHygiene="1").what
    assert isinstance(dentist, Visit)
    assert isinstance(hygienist, Visit)
    assert (dentist.provider, hygienist.provider, dentist.minutes) == ("1", "2", 10)


_COLUMNS = ("AptNum", "PatNum", "AptStatus", "Pattern", "AptDateTime", "DateTimeArrived", "Op", "ProvNum", "Note",
            "ProcNum", "CodeNum", "ProcStatus", "ToothNum", "ToothRange", "Surf", "ProcDate", "RecallNum", "DateDue",
            "RecallInterval", "IsDisabled")  # fmt: skip
_TEXTS = st.one_of(
    st.text(max_size=20), st.sampled_from(["0", "1", "2", "6", "2026-03-02", "9999-12-31 23:59:59", "MO"])
)


@given(st.sampled_from(open_dental_records.TABLES), st.dictionaries(st.sampled_from(_COLUMNS), _TEXTS))
def test_no_row_stops_the_reading(table: str, values: dict[str, str]) -> None:
    read = one(table, **values)
    assert (read.what is None) == (read.fault is not None)
