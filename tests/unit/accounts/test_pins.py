"""A PIN that anybody would try first is refused; the others are not."""

import random
import re

import pytest

from cuspide.accounts import pins


@pytest.mark.parametrize(
    "pin",
    [
        "0000", "1111", "1212", "1122", "1234", "4321", "0123", "9876", "7890", "2580", "1379", "123123", "112112",
        "000000", "121212", "12345678", "1984", "2001", "0703", "0307", "2902", "070384", "840307", "030784",
        "07031984", "19840307", "03071984",
    ],
)  # fmt: skip
def test_what_anybody_tries_first_is_refused(pin: str) -> None:
    assert pins.weakness(pin)


@pytest.mark.parametrize("pin", ["", "123", "123456789", "12a4", "١٢٣٤", "12 4", "-123", "1.23", "\x00123"])
def test_what_is_no_pin_is_refused(pin: str) -> None:
    assert pins.weakness(pin)


@pytest.mark.parametrize("pin", ["4071", "8350", "739152", "90417263"])
def test_a_good_pin_is_taken(pin: str) -> None:
    assert pins.weakness(pin) == ""


def test_most_pins_of_four_digits_remain() -> None:
    """Too strict a rule would leave too few to guess among."""
    good = sum(1 for number in range(10_000) if not pins.weakness(f"{number:04}"))
    assert good > 9_000


def test_of_any_text_only_four_to_eight_digits_are_ever_taken(chance: random.Random) -> None:
    for _number in range(500):
        signs = "0123456789" if chance.random() < 0.5 else "".join(chr(chance.randrange(0x2FFF)) for _sign in range(9))
        text = "".join(chance.choice(signs) for _sign in range(chance.randrange(12)))
        assert pins.weakness(text) != "" or re.fullmatch(r"[0-9]{4,8}", text, re.ASCII), text
