"""The escrow sheet: what a hand copies from paper is read back whole, or the line of the mistake is named."""

import random

import pyrage
import pytest

from cuspide.core.keys import sheet
from cuspide.core.keys.errors import SheetError


@pytest.fixture
def identity() -> str:
    return str(pyrage.x25519.Identity.generate())


def printed(identity: str) -> list[str]:
    return sheet.lines(identity)


def test_what_is_printed_is_read_back(identity: str) -> None:
    assert sheet.read("\n".join(printed(identity))) == identity


def test_numbers_small_letters_and_strange_gaps_are_no_mistake(identity: str) -> None:
    typed = [
        f"{number}. " + line.lower().replace(" ", "-" if number % 2 else "   ")
        for number, line in enumerate(printed(identity), start=1)
    ]
    assert sheet.read("\n\n".join(typed)) == identity


def test_the_text_of_the_square_may_be_pasted(identity: str) -> None:
    assert sheet.read(f"  {identity.lower()[:30]}\n{identity[30:]}\n") == identity


def test_characters_that_look_alike_are_taken_for_what_the_sheet_says(identity: str) -> None:
    typed = "\n".join(printed(identity)).replace("0", "O").replace("L", "1").replace("8", "B")
    assert sheet.read(typed) == identity


def test_one_wrong_letter_is_found_in_its_line(identity: str, chance: random.Random) -> None:
    """The control letters miss one slip in 32,768: every place of every line is tried with one other letter."""
    lines = printed(identity)
    for number, line in enumerate(lines, start=1):
        for at, character in enumerate(line):
            if character == " ":
                continue
            other = chance.choice([one for one in "QPZRY9X2TVDW3JN54KHCE6MUA7" if one != character])
            wrong = [*lines]
            wrong[number - 1] = line[:at] + other + line[at + 1 :]
            with pytest.raises(SheetError) as refused:
                sheet.read("\n".join(wrong))
            assert refused.value.line in {number, None}
            if refused.value.line == number:
                assert str(number) in str(refused.value)


def test_two_lines_exchanged_are_found(identity: str) -> None:
    lines = printed(identity)
    lines[1], lines[2] = lines[2], lines[1]
    with pytest.raises(SheetError) as refused:
        sheet.read("\n".join(lines))
    assert refused.value.line == 2


@pytest.mark.parametrize("typed", ["", "QPZR", "\n" * 40, "é" * 90, "AGE-SECRET-KEY-1QQQQ", "A" * 100_000])
def test_what_is_no_sheet_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(SheetError) as refused:
        sheet.read(typed)
    assert str(refused.value)


def test_a_line_too_short_says_how_many_characters_were_typed(identity: str) -> None:
    lines = printed(identity)
    lines[3] = lines[3][:-1]
    with pytest.raises(SheetError, match="14") as refused:
        sheet.read("\n".join(lines))
    assert refused.value.line == 4
