"""The arithmetic of the trace: nothing that a detail can hold makes it fail, and no two details share a text."""

import datetime as dt
import json
import uuid
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.audit import chain
from cuspide.core.rights import Role

TEXT = st.text(alphabet=st.characters(), max_size=40)  # lone surrogates and NUL too
COLUMNS = st.builds(
    chain.Columns,
    uuid=st.uuids().map(lambda one: one.hex),
    at=st.datetimes(timezones=st.just(dt.UTC)).map(chain.instant),
    actor_user_id=st.none() | st.integers(0, 2**63 - 1),
    actor_label=TEXT,
    role=TEXT,
    workstation=TEXT,
    action=TEXT,
    subject_kind=TEXT,
    subject_uuid=st.none() | st.uuids().map(lambda one: one.hex),
    patient_uuid=st.none() | st.uuids().map(lambda one: one.hex),
    site_id=st.none() | st.integers(0, 2**63 - 1),
    digest=st.binary(max_size=32).map(bytes.hex),
)
KEY, OTHER_KEY = b"k" * 32, b"o" * 32


@given(st.integers(1, 2**62), COLUMNS)
def test_the_text_of_a_row_is_canonical_json(sequence: int, row: chain.Columns) -> None:
    assert chain.row_text(sequence, row) == json.dumps([sequence, *row], separators=(",", ":"))


@given(COLUMNS, st.integers(1, 10**9), st.integers(0, len(chain.Columns._fields) - 1), TEXT)
def test_a_link_depends_on_every_column_on_the_place_and_on_the_key(
    row: chain.Columns, sequence: int, place: int, text: str
) -> None:
    link = chain.link(KEY, chain.GENESIS, sequence, row)
    name = chain.Columns._fields[place]
    other = text if isinstance(getattr(row, name), str) else 12345
    changed = row._replace(**{name: other})
    if changed != row and name not in {"uuid", "at", "digest"}:
        assert chain.link(KEY, chain.GENESIS, sequence, changed) != link
    assert chain.link(KEY, chain.GENESIS, sequence + 1, row) != link
    assert chain.link(KEY, link, sequence, row) != link
    assert chain.link(OTHER_KEY, chain.GENESIS, sequence, row) != link


def test_a_head_cannot_be_taken_from_the_rows() -> None:
    link = chain.link(KEY, chain.GENESIS, 1, chain.Columns("", "", None, "", "", "", "", "", None, None, None, ""))
    assert chain.head_mac(KEY, 1, link) != link
    assert chain.head_mac(KEY, 1, link) != chain.head_mac(KEY, 11, link[1:])


JSONISH = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | TEXT
    | st.decimals()
    | st.uuids()
    | st.dates()
    | st.binary(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT | st.integers(), inner, max_size=5),
    max_leaves=30,
)


@given(st.dictionaries(TEXT, JSONISH, max_size=6))
def test_any_detail_becomes_ascii_json_that_reads_back_and_stays_the_same(detail: dict[str, object]) -> None:
    body = chain.canonical(detail)
    assert body.isascii()
    assert "\x00" not in body
    again = json.loads(body, parse_constant=pytest.fail)
    assert chain.canonical(again) == body


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (float("nan"), "nan"),
        (float("-inf"), "-inf"),
        pytest.param(10**5000, None, id="an integer of 5,000 digits"),
        (Decimal("12.30"), "12.30"),
        (Role.OWNER, "owner"),
        (uuid.UUID(int=7), "00000000-0000-0000-0000-000000000007"),
        ("\ud800 half a pair, \x00 nothing", "\ud800 half a pair, \x00 nothing"),
        ({"b", "a"}, ["a", "b"]),
    ],
)
def test_odd_values_are_kept_as_something_exact(value: object, kept: object) -> None:
    found = json.loads(chain.canonical({"value": value}))["value"]
    if kept is None:
        assert int(found, 16) == value
    else:
        assert found == kept


def test_a_huge_detail_is_replaced_by_its_size_and_digest() -> None:
    body = chain.canonical({"text": "x" * 10_000_000, "other": 1})
    assert len(body) < 1_000
    assert json.loads(body)["cut"] is True
    assert json.loads(body)["keys"] == ["other", "text"]
    assert body != chain.canonical({"text": "y" * 10_000_000, "other": 1})


def test_a_detail_that_contains_itself_ends() -> None:
    knot: dict[str, object] = {}
    knot["self"] = knot
    assert len(chain.canonical(knot)) < 1_000


def test_a_thing_nobody_taught_the_trace_is_a_mistake_of_the_program() -> None:
    with pytest.raises(TypeError):
        chain.canonical({"object": object()})
