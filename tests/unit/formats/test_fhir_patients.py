"""Patients of FHIR, one, in a Bundle or a line each, are read as FR Core has them, and what else is there is left."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.formats import fhir_coverages, fhir_patients
from cuspide.formats.errors import FormatError

LEA = {
    "resourceType": "Patient",
    "id": "a1",
    "identifier": [
        {"use": "official", "system": "urn:oid:1.2.250.1.213.1.4.8", "value": "284032636212355"},
        {"use": "usual", "system": "https://logiciel.example/patients", "value": "12"},
    ],
    "name": [
        {
            "use": "official",
            "family": "DUBOIS",
            "given": ["Léa", "Anne"],
            "extension": [
                {
                    "url": "https://hl7.fr/ig/fhir/core/StructureDefinition/fr-core-patient-birth-list-given-name",
                    "valueString": "Léa Anne Zoé",
                }
            ],
        },
        {"use": "usual", "family": "MARTIN", "given": ["Léa"], "prefix": ["MME"]},
    ],
    "gender": "female",
    "birthDate": "1984-03-07",
    "telecom": [
        {"system": "phone", "use": "mobile", "value": "+33639981234"},
        {"system": "phone", "use": "old", "value": "0100000000"},
        {"system": "email", "value": "lea@example.org"},
    ],
    "address": [{"use": "home", "line": ["3 rue du Bac", "Bât. B"], "postalCode": "26000", "city": "VALENCE"}],
}
PAUL = {"resourceType": "Patient", "id": "p", "name": [{"family": "MARTIN", "given": ["Paul"]}], "birthDate": "1979-09"}


def rows(content: str | bytes) -> list[dict[str, str]]:
    raw = content.encode() if isinstance(content, str) else content
    table = fhir_patients.read(raw[start : start + 97] for start in range(0, len(raw), 97))
    return [{name: cell for name, cell in table.values(row).items() if cell} for row in table.rows]


def test_a_bundle() -> None:
    bundle = {
        "resourceType": "Bundle",
        "entry": [{"resource": LEA}, {"resource": {"resourceType": "X"}}, {"resource": PAUL}],
    }
    for indent in (None, 2):
        lea, paul = rows(json.dumps(bundle, indent=indent))
        assert lea == {
            "identifier": "12",
            "identifier NIR": "284032636212355",
            "name.official.family": "DUBOIS",
            "name.official.given": "Léa",
            "name.birth-list-given-name": "Léa Anne Zoé",
            "name.usual.family": "MARTIN",
            "name.usual.given": "Léa",
            "name.prefix": "MME",
            "gender": "F",
            "birthDate": "1984-03-07",
            "telecom.mobile": "+33639981234",
            "telecom.email": "lea@example.org",
            "address.line.0": "3 rue du Bac",
            "address.line.1": "Bât. B",
            "address.postalCode": "26000",
            "address.city": "VALENCE",
        }
        assert paul == {
            "identifier": "p", "name.official.family": "MARTIN", "name.official.given": "Paul", "birthDate": "09/1979",
        }  # fmt: skip


def test_one_patient_and_one_a_line() -> None:
    assert len(rows(json.dumps(LEA))) == 1
    assert len(rows(json.dumps(LEA, indent=1))) == 1
    lines = "\n".join([json.dumps(LEA), "", "{not json", json.dumps(PAUL), json.dumps({"resourceType": "Device"})])
    table = fhir_patients.read([lines.encode()])
    assert [(row.line, row.fault.code if row.fault else "") for row in table.rows] == [
        (1, ""), (3, "fhir.json"), (4, ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content", ["", "{}", "[]", '{"resourceType":"Bundle"}', "{", "[" * 100_000, '{"a":' * 100_000]
)
def test_what_holds_no_patient_is_refused(content: str) -> None:
    with pytest.raises(FormatError):
        fhir_patients.read([content.encode()])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*LEA, "use", "family", "given", "value", "line", "url"]), inner, max_size=4
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(list(LEA)[1:]),
)
def test_no_patient_breaks_it(value: object, name: str) -> None:
    table = fhir_patients.read([json.dumps(LEA | {name: value}).encode()])
    for row in table.rows:
        assert row.fault or len(row.cells) == len(table.header)


_OTHERWISE = {"gender", "birthDate", "deceasedDateTime", "identifier NIR", "telecom.phone", "contact.name",
              "address.line.1", "name.official.family", "identifier"}  # fmt: skip
_DATES = ["1984-03-07", "1984-03-00", "1984-00-00", "1984-02-31"]
_TEXT = st.text(st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=["Cc", "Cf", "Zs"]), min_size=1)


@given(
    st.fixed_dictionaries(
        {"name.official.family": _TEXT, "birthDate": st.sampled_from(_DATES)},
        optional={
            name: _TEXT
            for name in fhir_patients.HEADER
            if name not in {*_OTHERWISE, *fhir_coverages.COLUMNS}
        } | {"gender": st.sampled_from("MF"), "identifier NIR": st.just("284032636212355"), "identifier": st.just("12"),
             "deceasedDateTime": st.just("2026-11-02")},
    )
)  # fmt: skip
def test_what_is_written_is_read_back(cells: dict[str, str]) -> None:
    made = fhir_patients.resource(cells, "a1")
    read = rows(json.dumps({"resourceType": "Bundle", "entry": [{"resource": made}]}))[0]
    shown = {"1984-03-00": "03/1984", "1984-00-00": "1984"}
    born = cells["birthDate"]
    born = cells["birthDate"]
    wanted = cells | {"birthDate": shown.get(born, born), "gender": cells.get("gender", "U")}
    wanted.setdefault("identifier", "a1")
    assert read == wanted


def test_only_a_qualified_identity_carries_its_number_as_an_ins() -> None:
    cells = {"name.official.family": "DUBOIS", "gender": "F", "birthDate": "1984-03-07"}
    cells["identifier NIR"] = "284032636212355"
    for oid, use in (("1.2.250.1.213.1.4.8", "official"), ("1.2.250.1.213.1.4.9", "temp")):
        (ins,) = fhir_patients.resource(cells, "a1", oid)["identifier"]
        assert (ins["use"], ins["system"]) == (use, f"urn:oid:{oid}")
    plain = fhir_patients.resource(cells, "a1")
    assert "1.2.250.1.213.1.4" not in json.dumps(plain)
    assert rows(json.dumps(plain))[0]["identifier NIR"] == "284032636212355", "and it is read back as a NIR"
