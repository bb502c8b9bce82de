"""The page on the ASVS answers the whole standard, and what it names as proof exists."""

import json
import re
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "operator" / "security.md"
STANDARD = ROOT.parent / "shared" / "data" / "assessment" / "asvs-5.0.0-flat.json"
ANSWERS = {"holds", "in part", "does not apply"}
_ROW = re.compile(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| (.+) \| (.+) \| (.*) \| (.*) \|$", re.MULTILINE)
_NAMED = re.compile(r"`([\w/]+\.py)(?:::(\w+))?`")


def rows() -> list[tuple[str, ...]]:
    return [found.groups() for found in _ROW.finditer(PAGE.read_text(encoding="utf-8"))]


def test_every_requirement_of_levels_1_and_2_is_answered_once() -> None:
    if not STANDARD.exists():
        pytest.skip("the standard's own list does not lie beside the project")
    listed = json.loads(STANDARD.read_text(encoding="utf-8"))["requirements"]
    wanted = {(row["req_id"], str(row["L"])) for row in listed if str(row["L"]) in {"1", "2"}}
    answered = Counter((number, level) for number, level, *_rest in rows())
    assert set(answered) == wanted
    assert not [row for row, times in answered.items() if times > 1]


def test_every_row_has_an_answer_and_says_how() -> None:
    assert len(rows()) == 253
    for number, _level, about, answer, how, shown in rows():
        assert answer in ANSWERS, number
        assert about.strip(), number
        assert how.strip() or shown.strip(), f"{number} gives neither a reason nor a test"


def test_what_a_row_names_as_proof_exists() -> None:
    named = 0
    for number, *_words, shown in rows():
        for path, name in _NAMED.findall(shown):
            source = ROOT / "tests" / path
            assert source.is_file(), f"{number} names {path}"
            assert not name or f"def {name}(" in source.read_text(encoding="utf-8"), f"{number} names {path}::{name}"
            named += 1
    assert named > 200


def test_the_sums_at_the_top_are_those_of_the_rows() -> None:
    told = Counter(answer for _number, _level, _about, answer, *_rest in rows())
    (said,) = re.findall(r"(\d+) rows: (\d+) hold, (\d+) in part, (\d+) do not apply", PAGE.read_text(encoding="utf-8"))
    assert [int(number) for number in said] == [
        len(rows()),
        told["holds"],
        told["in part"],
        told["does not apply"],
    ]
