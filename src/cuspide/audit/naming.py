"""Names for what the trace knows by number or uuid, given by the rooms above.

The trace holds no name of a patient. A room that owns a kind of record adds a `Namer`; whoever reads the trace sees
its names only with the room's own right.
"""

import ipaddress
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from cuspide.core.actor import Actor
from cuspide.core.registry import Point
from cuspide.core.rights import Right

# Stands between the name of a workstation and its address on the network.
PLACE_PARTS = " · "


@dataclass(frozen=True)
class Namer:
    """`key` is the model's label (`patients.patient`). `names(uuids)` answers all at once; `url_name`, when given,
    takes `uuid` and leads to the record. `of_patients` marks the one namer of whom `Entry.patient_uuid` tells. Without
    a `right` the names are for whoever reads the trace: a chair, an edition. `find(actor, text, limit)` looks things of
    this kind up by what somebody types."""

    key: str
    label: Any
    right: Right | None
    names: Callable[[Sequence[uuid.UUID]], Mapping[uuid.UUID, str]]
    url_name: str = ""
    of_patients: bool = False
    find: Callable[[Actor, str, int], Sequence["Choice"]] | None = None
    order: int = 50


@dataclass(frozen=True)
class Choice:
    """One thing found by what somebody typed; `note` tells homonyms apart."""

    uuid: uuid.UUID
    name: str
    note: str = ""


@dataclass(frozen=True)
class Detail:
    """How what an entry keeps under one key is read. `key` is `room.key`, or `room.verb.key` where an action of the
    room means something else by it.

    `kind` is the namer of the uuids that stand there; `words(value)` tells what a raw value is called (None: not
    known); `money` is an amount in euros.
    """

    key: str
    label: Any = ""
    kind: str = ""
    words: Callable[[str], Any] | None = None
    money: bool = False
    order: int = 50


@dataclass(frozen=True)
class Person:
    """Somebody who signs in, as the filter of the trace names her."""

    uuid: uuid.UUID
    user_id: int
    name: str


@dataclass(frozen=True)
class People:
    """Where the persons of the filter come from."""

    key: str
    everybody: Callable[[], Sequence[Person]]
    order: int = 50


@dataclass(frozen=True)
class Matter:
    """What a room's entries are about, as a patient is told it: "Appointments". `key` is the room; `shows` are its
    actions that only show something and change nothing."""

    key: str
    label: Any
    shows: Sequence[str] = ()
    order: int = 50


namers: Point[Namer] = Point("namers")
people: Point[People] = Point("people")
details: Point[Detail] = Point("details")
matters: Point[Matter] = Point("matters")

_said: dict[str, Any] = {}


def say(actions: Mapping[str, Any]) -> None:
    """Give actions of the trace their words: `say({"patients.record": _("Opened the record")})`, in `hooks.py`.

    Saying an action twice is a mistake of the program (ValueError).
    """
    if twice := sorted(_said.keys() & actions.keys()):
        raise ValueError(f"already said: {', '.join(twice)}")
    _said.update(actions)


def said(action: str) -> Any:
    """The words of an action, or of all actions of a room ("patients."); the bare code where nobody gave any."""
    return room(action[:-1]) if action.endswith(".") else _said.get(action, action)


def room(label: str) -> Any:
    """What a room is called."""
    return apps.get_app_config(label).verbose_name if apps.is_installed(f"cuspide.{label}") else label


def place(kept: str) -> str:
    """Where somebody was, in the reader's words: a place that the trace keeps as a bare address has no name."""
    try:
        ipaddress.ip_address(kept)
    except ValueError:
        return kept
    return f"{_('Unnamed workstation')}{PLACE_PARTS}{kept}"


def only_shows(action: str) -> bool:
    """Whether an action shows something and changes nothing, as its room says."""
    room_of, _dot, verb = action.partition(".")
    return room_of in matters and verb in matters[room_of].shows


def matter(action: str) -> Any:
    """What an action is about, in a patient's words."""
    key = action.partition(".")[0]
    return matters[key].label if key in matters else room(key)


def actions() -> Mapping[str, Any]:
    """All actions that have words."""
    return dict(_said)


def detail(action: str, key: str) -> Detail:
    """How the key of an action is read; one that nobody described is read as it is."""
    for wanted in (f"{action}.{key}", f"{action.split('.')[0]}.{key}"):
        if wanted in details:
            return details[wanted]
    return Detail(key)


def describe(room: str, *given: Detail) -> None:
    """Add the readings of a room, their keys written without the room: `describe("agenda", Detail("state", …))`."""
    for one in given:
        details.add(replace(one, key=f"{room}.{one.key}"))
