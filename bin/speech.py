"""What the two commands say, in French or in English, before anything is installed."""

from __future__ import annotations

import os
import sys


class BootstrapError(Exception):
    """What is missing, in the language of the person at the keyboard; `bin/*` print it and stop."""


def french() -> bool:
    """Whether to speak French: yes, unless the locale names another language."""
    chosen = next((os.environ[k] for k in ("CUSPIDE_LANG", "LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(k)), "fr")
    return chosen.lower().startswith(("fr", "c.", "posix")) or chosen == "C"


def words(fr: str, en: str) -> str:
    return fr if french() else en


def say(fr: str, en: str) -> None:
    print(words(fr, en), file=sys.stderr, flush=True)
