"""What is sealed opens under its key, in its place, unchanged; and otherwise not."""

import pytest
from cryptography.exceptions import InvalidTag

from cuspide.core.keys.sealing import seal, unseal

KEY, OTHER = bytes(32), bytes(31) + b"1"


def test_it_opens_again_and_looks_different_each_time() -> None:
    one, two = seal(KEY, b"secret", b"here"), seal(KEY, b"secret", b"here")
    assert one != two
    assert unseal(KEY, one, b"here") == unseal(KEY, two, b"here") == b"secret"


def test_another_key_another_place_and_each_changed_byte_are_refused() -> None:
    sealed = seal(KEY, b"secret", b"here")
    changed = [sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :] for at in range(len(sealed))]
    for key, content, bound in [(OTHER, sealed, b"here"), (KEY, sealed, b"there"), (KEY, sealed, None)]:
        with pytest.raises(InvalidTag):
            unseal(key, content, bound)
    for content in changed:
        with pytest.raises(InvalidTag):
            unseal(KEY, content, b"here")
    for short in (b"", sealed[:5], sealed[:12]):
        with pytest.raises((InvalidTag, ValueError)):
            unseal(KEY, short, b"here")
