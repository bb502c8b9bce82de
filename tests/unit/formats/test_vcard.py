"""Address books are read card by card, in every version that telephones and programs write."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import vcard
from cuspide.formats.errors import FormatError

FOUR = """BEGIN:VCARD
VERSION:4.0
UID:urn:uuid:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1
N:Martin;Léa;Anne,Zoé;Mme;
FN:Léa Martin
BDAY:19840307
GENDER:F
TEL;TYPE="cell,voice";VALUE=uri:tel:+33639981234
TEL;TYPE=work:04 65 71 00 12
EMAIL:lea@example.org
ADR;TYPE=home:;Bât. B;3\\, rue du Bac;VALENCE;;26000;FR
NOTE:premier\\nsecond\\; fin
END:VCARD
"""
TWO = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCller;Ga=\r\n=C3=ABlle;;;\r\n"
    "item1.TEL;CELL:0639981235\r\nTEL;HOME;FAX:0465710013\r\nBDAY:1979-09-21\r\n"
    "PHOTO;ENCODING=BASE64:AAAA\r\n AAAA\r\n\r\nEND:VCARD\r\n"
)


def rows(text: str, encoding: str = "utf-8") -> list[dict[str, str]]:
    table = vcard.read([text.encode(encoding)])
    return [{name: cell for name, cell in table.values(row).items() if cell} for row in table.rows]


def test_a_card_of_version_4() -> None:
    assert rows(FOUR) == [
        {
            "UID": "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
            "N family": "Martin",
            "N given": "Léa",
            "N additional": "Anne,Zoé",
            "N prefix": "Mme",
            "FN": "Léa Martin",
            "BDAY": "1984-03-07",
            "GENDER": "F",
            "TEL cell": "+33639981234",
            "TEL work": "04 65 71 00 12",
            "EMAIL": "lea@example.org",
            "ADR street": "3, rue du Bac",
            "ADR extended": "Bât. B",
            "ADR locality": "VALENCE",
            "ADR code": "26000",
            "ADR country": "FR",
            "NOTE": "premier\nsecond; fin",
        }
    ]


def test_a_card_of_version_2_with_a_picture_and_quoted_printable() -> None:
    assert rows(TWO) == [{"N family": "Müller", "N given": "Gaëlle", "TEL cell": "0639981235", "BDAY": "1979-09-21"}]


def test_a_folded_line_is_one() -> None:
    folded = FOUR.replace("EMAIL:lea@example.org", "EMAIL:lea@\n  example.org".replace("\n  ", "\n "))
    assert rows(folded)[0]["EMAIL"] == "lea@example.org"


def test_a_card_that_was_cut_says_so_and_costs_no_other() -> None:
    table = vcard.read([(FOUR[: len(FOUR) // 2] + "\n" + FOUR + FOUR[:40]).encode()])
    assert [(row.fault.code if row.fault else "") for row in table.rows] == ["vcard.end", "", "vcard.end"]


def test_a_file_without_a_card_is_refused() -> None:
    with pytest.raises(FormatError):
        vcard.read([b"Nom;Prenom\n"])
    assert not vcard.is_one(b"Nom;Prenom\n")
    assert vcard.is_one(b"\xef\xbb\xbfBEGIN:VCARD\r\n")


def test_a_card_of_a_book_of_text_does_not_fill_the_memory() -> None:
    text = "BEGIN:VCARD\n" + "NOTE:" + "x" * 300_000 + "\nEND:VCARD\n" + FOUR
    table = vcard.read([text.encode()])
    assert [(row.fault.code if row.fault else "") for row in table.rows] == ["vcard.long", ""]


@given(st.binary(max_size=400))
def test_no_bytes_break_it(content: bytes) -> None:
    table = vcard.read([b"BEGIN:VCARD\n" + content + b"\nEND:VCARD\n"])
    for row in table.rows:
        assert row.fault is not None or len(row.cells) == len(table.header)
