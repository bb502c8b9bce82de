"""A device of the tests' own that holds a passkey and signs as WebAuthn says."""

import hashlib
import json
import os
import struct
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_decode, websafe_encode

HERE = "http://localhost"


class Device:
    """A device that holds one key, and lies where a test wants it to."""

    def __init__(self, host: str = "localhost") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id, self.host, self.counter, self.handle = os.urandom(32), host, 0, b""

    def _data(self, flags: int, more: bytes = b"") -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.counter) + more

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": False}).encode()

    def _told(self, **response: Any) -> str:
        return json.dumps(
            {
                "id": websafe_encode(self.id),
                "rawId": websafe_encode(self.id),
                "type": "public-key",
                "clientExtensionResults": {},
                "response": {
                    name: websafe_encode(value) if isinstance(value, bytes) else value
                    for name, value in response.items()
                },
            }
        )

    def make(self, options: dict[str, Any], origin: str = HERE) -> str:
        asked = options["publicKey"]
        self.handle = websafe_decode(asked["user"]["id"])
        public = cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))
        data = self._data(0x45, bytes(16) + struct.pack(">H", len(self.id)) + self.id + public)
        return self._told(
            clientDataJSON=self._client("webauthn.create", asked["challenge"], origin),
            attestationObject=cbor.encode({"fmt": "none", "attStmt": {}, "authData": data}),
            transports=["internal"],
        )

    def answer(self, options: dict[str, Any], origin: str = HERE, flags: int = 0x05, counts: bool = True) -> str:
        self.counter += int(counts)
        client = self._client("webauthn.get", options["publicKey"]["challenge"], origin)
        data = self._data(flags)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._told(clientDataJSON=client, authenticatorData=data, signature=signature, userHandle=self.handle)
