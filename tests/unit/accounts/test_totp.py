"""Codes by time, against the numbers of the standard."""

import base64
import datetime as dt

import pytest

from cuspide.accounts import totp
from cuspide.core import clock

# RFC 6238, appendix B: the last six of the eight digits given there for SHA-1.
SECRET = base64.b32encode(b"12345678901234567890").decode()
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]


@pytest.mark.parametrize(("seconds", "code"), VECTORS)
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    with clock.freeze(dt.datetime.fromtimestamp(seconds, dt.UTC)):
        assert totp.current_code(SECRET) == code
        assert totp.matching_step(SECRET, code) == seconds // 30


@pytest.mark.parametrize("typed", ["287 082", " 287082\n", "28 70 82"])
def test_spaces_do_not_matter(typed: str) -> None:
    with clock.freeze(dt.datetime.fromtimestamp(59, dt.UTC)):
        assert totp.matching_step(SECRET, typed) == 1


@pytest.mark.parametrize("typed", ["", "28708", "2870822", "٢٨٧٠٨٢", "28708a", "287082" * 1000, "²87082", "\x00" * 6])
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    with clock.freeze(dt.datetime.fromtimestamp(59, dt.UTC)):
        assert totp.matching_step(SECRET, typed) is None


def test_a_clock_that_is_half_a_minute_off_does_not_matter_and_two_minutes_do() -> None:
    with clock.freeze(dt.datetime.fromtimestamp(1111111111, dt.UTC)):
        code = totp.current_code(SECRET)
    for seconds, good in ((-30, True), (30, True), (-120, False), (120, False)):
        with clock.freeze(dt.datetime.fromtimestamp(1111111111 + seconds, dt.UTC)):
            assert (totp.matching_step(SECRET, code) is not None) is good


def test_the_address_for_the_app_names_program_person_and_secret() -> None:
    assert totp.address("ABC", "claire aubert@x.example") == (
        "otpauth://totp/Cuspide%3Aclaire%20aubert%40x.example?secret=ABC&issuer=Cuspide"
    )
