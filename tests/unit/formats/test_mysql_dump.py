"""A database dump is read without a server, value after value, however it was written and wherever it was cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import mysql_dump, open_dental
from cuspide.formats.errors import FormatError

DUMP = r"""-- MySQL dump 10.13  Distrib 8.0.36, for Linux (x86_64)
/*!40101 SET NAMES utf8mb4 */;
/*!50003 CREATE*/ /*!50017 DEFINER=`root`@`localhost`*/ /*!50003 TRIGGER x BEFORE INSERT ON y SET @a=';' */;
DROP TABLE IF EXISTS `patient`;
CREATE TABLE `patient` (
  `PatNum` bigint(20) NOT NULL AUTO_INCREMENT,
  `LName` varchar(100) DEFAULT '' COMMENT 'a; b',
  `FName` varchar(100) DEFAULT '',
  `Gender` tinyint(3) unsigned NOT NULL,
  `Birthdate` date NOT NULL DEFAULT '0001-01-01',
  `HmPhone` varchar(30) DEFAULT '',
  `PatStatus` tinyint(3) unsigned NOT NULL,
  `Photo` blob,
  PRIMARY KEY (`PatNum`)
) ENGINE=MyISAM;
LOCK TABLES `patient` WRITE;
INSERT INTO `patient` VALUES (1,'O\'Brien; (x),','Léa',1,'1984-03-07','(503)363-5432',0,_binary 'a\0\'b'),
(2,'It''s','\"Joe\"\n',0,'0001-01-01','',4,NULL),(3,'B\\','',2,'1990-01-01','+33639981234',0,0xFFD8);
UNLOCK TABLES;
CREATE TABLE `appointment` (
  `AptNum` bigint(20) NOT NULL
);
INSERT INTO `appointment` (`AptNum`) VALUES (1),(2);
-- Dump completed
"""


def read(text: str | bytes, size: int = 7) -> list[tuple[str, int, dict[str, str]]]:
    raw = text.encode() if isinstance(text, str) else text
    pieces = (raw[start : start + size] for start in range(0, len(raw), size))
    return [(row.table, row.number, dict(row.values)) for row in mysql_dump.read(pieces, {"patient", "appointment"})]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 100_000])
def test_rows_are_what_mysql_would_hold(size: int) -> None:
    rows = read(DUMP, size)
    assert [(table, number) for table, number, _values in rows] == [
        ("patient", 1), ("patient", 2), ("patient", 3), ("appointment", 1), ("appointment", 2),
    ]  # fmt: skip
    first, second, third = (values for _table, _number, values in rows[:3])
    assert (first["LName"], first["FName"], first["Photo"]) == ("O'Brien; (x),", "Léa", "a\0'b")
    assert (second["LName"], second["FName"], "Photo" in second) == ("It's", '"Joe"\n', False)
    assert (third["LName"], third["Photo"]) == ("B\\", "FFD8")
    assert rows[3][2] == {"AptNum": "1"}


def test_a_dump_that_was_cut_gives_what_is_before_and_says_so() -> None:
    for end in (DUMP.index("0xFFD8"), DUMP.index("It''s"), DUMP.index("),\n(2") + 2):
        with pytest.raises(FormatError) as cut:
            read(DUMP[:end])
        assert cut.value.code == "sql.cut"
    table = open_dental.read([DUMP[: DUMP.index("0xFFD8")].encode()])
    assert [(row.line, row.fault.code if row.fault else "") for row in table.rows] == [
        (1, ""), (2, "sql.deleted"), (3, "sql.cut"),
    ]  # fmt: skip


def test_open_dental_s_numbers_become_words() -> None:
    table = open_dental.read([DUMP.encode()])
    rows = list(table.rows)
    first = {name: cell for name, cell in table.values(rows[0]).items() if cell}
    assert first == {
        "PatNum": "1", "LName": "O'Brien; (x),", "FName": "Léa", "Gender": "F", "Birthdate": "1984-03-07",
        "HmPhone": "+15033635432",
    }  # fmt: skip
    assert table.values(rows[2])["HmPhone"] == "+33639981234"
    counted = open_dental.count([DUMP.encode(), b"INSERT INTO `allergy` VALUES (1),(2);\n"])
    assert {name: count for name, count in counted.items() if count} == {"allergy": 2}


def test_a_dump_of_something_else_is_refused() -> None:
    for text in ("", "-- MySQL dump\n", DUMP.replace("PatNum", "Id"), DUMP.replace("`patient`", "`client`")):
        with pytest.raises(FormatError) as refused:
            open_dental.read([text.encode()])
        assert refused.value.code == "sql.none"
    assert open_dental.is_one(DUMP.encode())
    assert open_dental.is_one(b"/*M!999999\\- enable the sandbox mode */ \n-- MariaDB dump 10.19\n")
    assert not open_dental.is_one(b"Nom;Prenom\n")


def test_a_value_without_end_does_not_fill_the_memory() -> None:
    def endless() -> object:
        yield DUMP[: DUMP.index("'O")].encode() + b"'"
        for _piece in range(100):
            yield b"x" * 1_000_000

    with pytest.raises(FormatError) as refused:
        list(mysql_dump.read(endless(), {"patient"}))  # type: ignore[arg-type]
    assert refused.value.code == "sql.long"


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=8), min_size=1, max_size=4), st.integers(1, 9)
)
def test_every_text_comes_back(texts: list[str], size: int) -> None:
    marks = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\r": "\\r", "\0": "\\0", "\x1a": "\\Z", '"': '\\"'}
    written = ",".join("'" + "".join(marks.get(sign, sign) for sign in text) + "'" for text in texts)
    names = ",".join(f"`c{place}`" for place in range(len(texts)))
    [(_table, _number, values)] = read(f"INSERT INTO `patient` ({names}) VALUES ({written});", size)
    assert list(values.values()) == texts


@given(st.binary(max_size=300))
def test_no_bytes_break_it(content: bytes) -> None:
    for dump in (content, b"INSERT INTO `patient` VALUES (" + content):
        refused, tables = "sql.", set()
        try:
            tables = {table for table, _number, _values in read(dump)}
        except FormatError as error:
            refused = error.code
        assert refused.startswith("sql."), "a refusal that no page has words for"
        assert tables <= {"patient"}
