"""What reads typed text or a file does work in step with its length, or looks at no more than a bounded part of it.

The work is the time of the processor, not of the wall. A text that is read in a few milliseconds is bounded or quick;
of any other, a text four times as long may cost at most nine times as much, where a square costs sixteen.
"""

import contextlib
import re
import time
import unicodedata
from collections.abc import Callable

import pytest

from cuspide.care import rules as care
from cuspide.core.forms import EurosField
from cuspide.core.pages.search import folded as folded_command
from cuspide.core.pdf import _clean, _missing_text
from cuspide.formats import ccam, dates, finess, nir, rpps, teeth
from cuspide.formats.letters import MOST_MARKS, normalised
from cuspide.nomenclature import rules as nomenclature
from cuspide.patients.rules import birth, contacts, names, phones, query

LONG = 8_000
QUICK_S = 0.005
ALLOWED = 9.0
UPPER_16 = teeth.tooth("16")

READERS: dict[str, Callable[[str], object]] = {
    "CCAM code": ccam.parse_code,
    "CCAM export": lambda text: ccam.read_export(text.encode(errors="replace")),
    "day": dates.read_day,
    "hour": dates.read_hour,
    "month": dates.read_month,
    "FINESS": finess.parse,
    "RPPS": rpps.parse,
    "NIR": nir.parse,
    "NIR key": nir.compute_key,
    "tooth": teeth.tooth,
    "teeth": teeth.parse_teeth,
    "surfaces": lambda text: teeth.parse_surfaces(text, UPPER_16),
    "quick line": care.parse_line,
    "selection": care.parse_selection,
    "what an act draws": care.drawn_by,
    "whether an act takes teeth": care.takes_teeth,
    "a word of the chart": care.unaccented,
    "words of an act": nomenclature.search_words,
    "an indexed act": nomenclature.indexed,
    "patient search": query.parse_query,
    "clean name": names.clean_name,
    "folded name": names.fold,
    "tokens of a name": names.name_tokens,
    "birth date": birth.parse_birth_date,
    "telephone": phones.normalise_phone,
    "e-mail": lambda text: contacts.check_contacts({"email": text}),
    "command search": folded_command,
    "amount": lambda text: EurosField().clean(text),
    "text of a document": _clean,
    "text that a font lacks": _missing_text,
}  # fmt: skip

PIECES = {
    "digits": "9",
    "spaces": " ",
    "no-break spaces": "\u00a0",
    "letters": "a",
    "words": "a ",
    "hyphened words": "le-",
    "marks": "\u0301",
    "marks out of order": "\u0301\u0327",
    "letters with marks": "e\u0301\u0327",
    "slashes": "/",
    "days": "1/1/",
    "teeth": "16 ",
    "ranges": "11-13,",
    "faces": "m",
    "separators": " .-/",
    "brackets": "[ ",
    "modifiers": "[A , ",
    "codes": "( ABCD123 , ",
    "quotes": '"',
    "escapes": "\\",
    "lines": "\n",
    "rows": "A,,,,,,,,,,\n",
    "at signs": "a@",
    "dots": "a.",
    "plus": "+0",
    "labels": "pose d'",
    "unseen font": 'the text `"',
    "capitals that grow": "İ",
    "ligatures": "ﬃ",
}
OPENINGS = ("", "1/", "06", "+33", "16 ", "a@", "1 h", "[A", "e", "0.",
            "CNAM - CCAM version 81 applicable 01/01/2026,,,,,,,,,,\nHBMD053,,")  # fmt: skip


def work(read: Callable[[str], object], text: str, tries: int) -> float:
    """Seconds of the processor that reading takes, the best of some tries: what disturbs a measure only adds to it."""
    best = float("inf")
    for _time in range(tries):
        begun = time.process_time()
        with contextlib.suppress(Exception):
            read(text)
        best = min(best, time.process_time() - begun)
        if best < QUICK_S:
            break
    return best


def growth(read: Callable[[str], object], opening: str, piece: str) -> str:
    """What is wrong with how the work grows; "" when nothing is."""

    def text(length: int) -> str:
        return opening + piece * (length // len(piece)) + "!"

    times = 0.0
    for tries in (3, 15):  # a busy machine may disturb three in a row
        long = work(read, text(LONG), tries)
        if long < QUICK_S:
            return ""
        times = long / max(work(read, text(LONG // 4), tries), QUICK_S / ALLOWED)
        if times <= ALLOWED:
            return ""
    return f"four times as long costs {times:.0f} times as much"


@pytest.mark.parametrize("name", READERS)
def test_reading_costs_in_step_with_the_length(name: str) -> None:
    faults = []
    for what, piece in PIECES.items():
        for opening in OPENINGS:
            fault = growth(READERS[name], opening, piece)
            if fault:
                faults.append(f"{opening[-12:]!r} {what}: {fault}")
    assert not faults, "\n".join(faults)


def test_readers_that_cost_the_square_are_found() -> None:
    """The measure itself, on what it was made for; a machine that was taken away meanwhile hides a square once."""
    of_marks, of_letters = (lambda text: unicodedata.normalize("NFKD", text)), re.compile("a+b").search
    assert any(growth(of_marks, "", "\u0301\u0327") for _ in range(5))
    assert any(growth(of_letters, "", "a") for _ in range(5))


def test_a_pile_of_marks_is_cut_and_what_people_write_is_kept() -> None:
    pile = normalised("NFKD", "e" + "\u0301" * 5_000 + "t")
    assert pile == "e" + "\u0301" * MOST_MARKS + "t"
    vietnamese = "Nguyễn Thị Bưởi, " * 20
    assert normalised("NFC", normalised("NFKD", vietnamese)) == vietnamese
