"""A copy in a file: read back as it was written, and refused when a bit of it is another or its end is missing."""

import io
import os
import random

import pytest

from cuspide.core.db.errors import StoreError
from cuspide.core.upgrading import sealed


def written(content: bytes) -> bytes:
    stream = io.BytesIO()
    sealed.seal([content[start : start + 70_000] for start in range(0, len(content), 70_000)], stream)
    return stream.getvalue()


def read(form: bytes) -> bytes:
    return b"".join(sealed.unseal(io.BufferedReader(io.BytesIO(form))))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [0, 1, 1024**2, 3 * 1024**2 + 17])
def test_a_copy_is_read_back_as_it_was_written(size: int) -> None:
    content = os.urandom(size)  # chance does not compress: several pieces
    assert read(written(content)) == content


def test_nothing_of_the_content_shows() -> None:
    form = written(b"MOLAIRE-CANINE " * 1000)
    assert b"MOLAIRE" not in form
    assert written(b"MOLAIRE-CANINE " * 1000) != form, "each copy has a key of its own"


def test_a_flipped_bit_and_a_missing_end_are_refused(chance: random.Random) -> None:
    content = os.urandom(2 * 1024**2 + 100)
    form = written(content)
    pieces = [len(form) - 50, 20, 60, 1024**2 + 80]
    for place in [*pieces, *(chance.randrange(len(form)) for _ in range(20))]:
        broken = bytearray(form)
        broken[place] ^= 1 << chance.randrange(8)
        with pytest.raises(StoreError):
            read(bytes(broken))
    first = 15 + 32 + 4 + 1024**2 + 16
    for length in [0, 15, 47, first, len(form) - 1, *(chance.randrange(len(form)) for _ in range(5))]:
        with pytest.raises(StoreError):
            read(form[:length])
