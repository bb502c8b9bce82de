"""Something small sealed under a key of one use: AES-256-GCM, the nonce before it.

`bound` is what it belongs to: sealed content that was put in another's place does not open.
"""

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


def seal(key: bytes, content: bytes, bound: bytes | None = None) -> bytes:
    """The content sealed; each time otherwise."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(key).encrypt(nonce, content, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes | None = None) -> bytes:
    """The content again. cryptography's InvalidTag where the key is another or a byte was changed, ValueError where it
    is too short to be one."""
    return AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], bound)
