"""What another program's chairs and codes are here."""

import pytest

from cuspide.portability.rules import cdt, places
from cuspide.portability.rules.places import Here

CHAIRS = [Here("a", ("Fauteuil 1",)), Here("b", ("Salle bleue",)), Here("c", ("Chirurgie",))]


def test_chairs_are_known_by_their_names_then_by_their_order() -> None:
    assert places.guess("operatory", {"1": "salle BLEUE", "2": "Op 2"}, CHAIRS) == {"1": "b"}
    assert places.guess("operatory", {"1": "Op 1", "2": "Op 2"}, CHAIRS) == {"1": "a", "2": "b"}
    assert places.guess("operatory", dict.fromkeys("1234", "Op"), CHAIRS) == {}, "more than there are here"
    assert places.guess("operatory", {"1": "Op 1", "2": "Op 2"}, CHAIRS[:1]) == {"1": "a", "2": "a"}


def test_practitioners_are_known_by_name_and_nobody_else_is_guessed() -> None:
    people = [
        Here("a", ("Anne Roussel", "Roussel")),
        Here("b", ("Paul Roussel", "Roussel")),
        Here("c", ("Léa Ng", "Ng")),
    ]
    there = {"1": "Dr Lea NG", "2": "Anne Roussel", "3": "J. Roussel", "4": "Mary Stone", "5": ""}
    assert places.guess("provider", there, people) == {"1": "c", "2": "a"}


def test_an_appointment_without_a_type_is_a_check_up() -> None:
    types = [Here("checkup", ("Examen de contrôle", "Check-up")), Here("scaling", ("Détartrage", "Scaling"))]
    assert places.guess("type", {"0": "", "3": "Scaling"}, types) == {"0": "checkup", "3": "scaling"}
    assert places.guess("type", {"0": ""}, []) == {}


@pytest.mark.parametrize(
    ("code", "draws"),
    [("D2392", "filling"), ("d2740", "crown"), ("D3330", "root_treatment"), ("D7140", "extraction"),
     ("D6010", "implant"), ("D6240", "bridge_pontic"), ("D6750", "bridge_abutment"), ("D1351", "sealant"),
     ("D5110", "prosthesis"), ("D0120", ""), ("D2950", ""), ("D4341", ""), ("D9999", ""), ("D0000", ""), ("N4118", ""),
     ("2392", ""), ("", ""), ("D23921", "")],
)  # fmt: skip
def test_a_code_draws_what_its_range_is_about(code: str, draws: str) -> None:
    assert cdt.drawn_by(code) == draws
