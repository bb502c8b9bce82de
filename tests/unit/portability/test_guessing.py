"""Columns are recognised by the words of their headers, in French and English, else by what stands in them."""

import pytest

from cuspide.portability.rules import fields, guessing
from cuspide.portability.rules.reading import split_name


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (
            "N° dossier;Nom;Nom de naissance;Prénom;Sexe;Date de naissance;N° SS;Clé;Téléphone;Portable;Mail;Adresse;"
            "CP;Ville;Médecin traitant",
            "source_number;family_name;birth_name;given_name;sex;birth_date;nir;nir_key;phone;mobile;email;line1;"
            "postcode;city;note",
        ),
        (
            "PatNum;LName;FName;Birthdate;Gender;SSN;HmPhone;WirelessPhone;WkPhone;Email;Address;Address2;City;Zip",
            "source_number;family_name;given_name;birth_date;sex;nir;home_phone;mobile;work_phone;email;line1;line2;"
            "city;postcode",
        ),
        ("ID_PATIENT;NOM_USAGE;PRENOM;DDN;TEL_PORTABLE", "source_number;used_name;given_name;birth_date;mobile"),
        ("Civilité;Nom et prénom;Né(e) le;Code postal / Ville", "civility;full_name;birth_date;postcode_city"),
    ],
)
def test_headers(header: str, wanted: str) -> None:
    names = header.split(";")
    assert guessing.guess(names, []) == dict(zip(names, wanted.split(";"), strict=True))


def test_values_speak_where_headers_do_not() -> None:
    sample = [
        ("a", "07/03/1984", "06 39 98 12 34", "lea@example.org", "26000", "F", "2 84 03 26 362 123 55", "Divers"),
        ("b", "1979-09-21", "0639981235", "paul@example.org", "97400", "M", "284032636212355", "autre"),
        ("c", "31/12/2001", "+33639981236", "", "2A004", "F", "", "chose"),
    ]
    found = guessing.guess([f"Col{n}" for n in range(8)], sample)
    assert found == {
        "Col1": "birth_date", "Col2": "phone", "Col3": "email", "Col4": "postcode", "Col5": "sex", "Col6": "nir",
    }  # fmt: skip


def test_the_fingerprint_of_a_header_is_that_of_its_words() -> None:
    one, other = ["N° Dossier", "Prénom"], ["n°dossier", "PRENOM "]
    assert guessing.fingerprint(one) == guessing.fingerprint(other)
    assert guessing.fingerprint(one) != guessing.fingerprint(other[::-1])


def test_a_mapping_must_say_who_and_when() -> None:
    assert fields.missing({"a": "given_name"}) == ["name", "birth_date"]
    assert fields.missing({"a": "full_name", "b": "birth_date"}) == []
    assert fields.doubled({"a": "note", "b": "note", "c": "city", "d": "city"}) == ["city"]


@pytest.mark.parametrize(
    ("whole", "family", "given"),
    [
        ("DUPONT Léa", "DUPONT", "Léa"),
        ("Léa DE LA TOUR", "DE LA TOUR", "Léa"),
        ("Dupont, Jean Pierre", "Dupont", "Jean Pierre"),
        ("Dupont Léa", "Dupont", "Léa"),
        ("DUPONT", "DUPONT", ""),
        ("DUPONT LEA", "DUPONT", "LEA"),
    ],
)
def test_a_name_in_one_cell_is_cut(whole: str, family: str, given: str) -> None:
    assert split_name(whole) == (family, given)
