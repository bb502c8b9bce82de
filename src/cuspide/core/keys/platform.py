"""The platform's own keystore: Windows' Credential Manager, macOS's Keychain, the Secret Service of a Linux session.

It is used only where the operator chose it, and only a backend that answers without asking anybody: a practice that
waits for a click after a power cut at night does not come back.
"""

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from django.utils.translation import gettext_lazy as _

from cuspide.core.keys.errors import PracticeKeyError

SERVICE = "Cuspide"
_PROBE = "cuspide-probe"
# A backend that has not answered by then is asking somebody on a screen.
_PATIENCE_S = 10.0

T = TypeVar("T")


def backend_name() -> str:
    """The backend that would be used, "" where there is none that may keep a key."""
    import keyring
    from keyring.core import recommended

    backend: Any = keyring.get_keyring()
    inner = getattr(backend, "backends", None)
    # `keyring` chains what it finds; the first one is where a new entry goes.
    chosen = inner[0] if inner else backend
    return str(chosen.name) if recommended(chosen) else ""


def refuse_unusable() -> str:
    """The backend's name, after an entry was written, read and removed; PracticeKeyError where that cannot be done."""
    name = backend_name()
    if not name:
        raise PracticeKeyError(
            _(
                "This account has no keystore of the platform that could keep the key. Nothing was changed. Keep the "
                "key in a file instead: --key-in file."
            )
        )
    put(_PROBE, b"\x00")
    came_back = get(_PROBE)
    remove(_PROBE)
    if came_back != b"\x00":
        raise PracticeKeyError(
            _("The keystore %(name)s did not give back what was put in. Keep the key in a file: --key-in file."),
            {"name": name},
        )
    return name


def put(mark: str, secret: bytes) -> None:
    """Keep a secret under its public mark."""
    import keyring

    _answered(lambda: keyring.set_password(SERVICE, mark, secret.hex()))


def get(mark: str) -> bytes | None:
    """The secret kept under a mark; None when there is none."""
    import keyring

    found = _answered(lambda: keyring.get_password(SERVICE, mark))
    try:
        return None if found is None else bytes.fromhex(found)
    except ValueError:
        return b""


def remove(mark: str) -> None:
    """Forget what is kept under a mark; nothing happens where nothing is."""
    import keyring
    from keyring.errors import PasswordDeleteError

    def forget() -> None:
        try:
            keyring.delete_password(SERVICE, mark)
        except PasswordDeleteError:
            return

    _answered(forget)


def _answered(ask: Callable[[], T]) -> T:
    """What the backend answers. PracticeKeyError when it fails, or asks somebody instead of answering."""
    answer: list[T] = []
    failure: list[Exception] = []

    def run() -> None:
        try:
            answer.append(ask())
        except Exception as error:  # every backend has errors of its own
            failure.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(_PATIENCE_S)
    if answer:
        return answer[0]
    reason = type(failure[0]).__name__ if failure else "…"
    raise PracticeKeyError(
        _(
            "The platform's keystore does not answer (%(reason)s): it may be locked, or belong to another account than "
            "the one that runs Cuspide. Nothing was changed. “cuspide key recover” puts the key back from a copy."
        ),
        {"reason": reason},
    )
