"""What templates are compiled to, kept where Python keeps what its own sources are compiled to.

To compile all of them takes a second or two at every start. Kept beside them the code is as safe as they are; a program
that may not write there, or that was told not to, compiles them each time.
"""

import importlib.util
import os
import sys
from contextlib import suppress
from pathlib import Path

import jinja2
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket


class KeptCode(BytecodeCache):
    """Code of templates in `__pycache__`, of this Python, this Jinja2 and one way of writing values.

    Where words stand in it that are not in the template, `words` tells one state of them from another.
    """

    def __init__(self, variant: str = "", words: str = "") -> None:
        self._ending = f".{sys.implementation.cache_tag}.{jinja2.__version__}{variant}.code"
        self._words = words

    def get_source_checksum(self, source: str) -> str:
        return super().get_source_checksum(source + self._words)

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Where the code of a template lies; "" when it came from no file."""
        if filename is None:
            return ""
        place = Path(importlib.util.cache_from_source(filename))
        return str(place.with_name(Path(filename).name + self._ending))

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key:
            try:
                with open(bucket.key, "rb") as stream:
                    bucket.load_bytecode(stream)
            except (OSError, EOFError, ValueError, TypeError):
                bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if not bucket.key or sys.dont_write_bytecode:
            return
        place = Path(bucket.key)
        half = place.with_name(f"{place.name}.{os.getpid()}")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            with open(half, "wb") as stream:
                bucket.write_bytecode(stream)
            half.replace(place)
        except OSError:
            with suppress(OSError):
                half.unlink()
