"""What `cuspide serve` keeps alive. A room adds a part of its own to `parts`; the supervisor does the rest.

    parts.add(Part("live", live.run, order=20))

On Linux the supervisor forks a part from itself: Django is loaded, no connection is open, no thread runs, every
signal does what it does by default. Elsewhere the part is a program started anew, after `django.setup()`. Either way
`run` is in a process of its own, which ends when the supervisor is gone, and which `ps` shows under its name.
"""

from collections.abc import Callable
from dataclasses import dataclass

import setproctitle

from cuspide.core.registry import Point


@dataclass(frozen=True)
class Options:
    """What the operator asked of the service."""

    host: str = "127.0.0.1"
    port: int = 8000
    workers: int = 1
    threads: int = 4
    live_port: int = 0
    plain_port: int = 0


@dataclass(frozen=True)
class Part:
    """A process of the service. `run(options)` works until SIGTERM or SIGINT, then ends what it began within a few
    seconds and returns its exit status. Parts are started in their order and told to end in it."""

    key: str
    run: Callable[[Options], int]
    order: int = 50


parts: Point[Part] = Point("parts")


def title(key: str) -> str:
    """How a part is called where processes are listed."""
    return f"cuspide: {key}"


def take_title(key: str) -> None:
    """Be listed under this name, so that an operator tells the parts apart."""
    setproctitle.setproctitle(title(key))
