"""The detail of an entry as its reader sees it: names for uuids, words for raw values, what was before and after."""

import json
import uuid as uuids
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import pgettext

from cuspide.audit import naming, words
from cuspide.core.actor import Actor
from cuspide.core.pages import typography
from cuspide.core.pages.addresses import address
from cuspide.core.rights import ROLE_LABELS

Named = Mapping[uuids.UUID, tuple[str, str]]
"""Name and address of what a uuid stands for."""


@dataclass(frozen=True)
class Told:
    """One line of the detail."""

    label: Any
    value: str


def names(actor: Actor, kind: str, wanted: set[uuids.UUID]) -> Named:
    """Names of things of one kind, where the reader's rights reach. One query."""
    namer = next((one for one in naming.namers if one.key == kind), None)
    if namer is None or not wanted or (namer.right is not None and not actor.can(namer.right)):
        return {}
    found = namer.names(sorted(wanted))
    return {one: (name, address(namer.url_name, uuid=one) if namer.url_name else "") for one, name in found.items()}


def namer_of_patients() -> naming.Namer | None:
    """The namer of whom the column `patient_uuid` tells."""
    return next((one for one in naming.namers if one.of_patients), None)


def patients() -> str:
    """The kind that the column `patient_uuid` names, as the room of patients says."""
    namer = namer_of_patients()
    return namer.key if namer is not None else ""


def told(actor: Actor, action: str, kept: Mapping[str, Any]) -> list[Told]:
    """The lines of a detail. One query for each kind of thing that is named in it."""
    by_kind: dict[str, set[uuids.UUID]] = {}
    for key, value in _leaves(kept):
        for one in _uuids(value):
            by_kind.setdefault(naming.detail(action, key).kind or patients(), set()).add(one)
    reader = _Reader(action, {kind: names(actor, kind, wanted) for kind, wanted in by_kind.items()})
    return list(reader.lines(kept))


def _leaves(kept: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for key, value in kept.items():
        if isinstance(value, dict):
            yield from _leaves(value)
        else:
            yield key, value


def _uuids(value: Any) -> Iterator[uuids.UUID]:
    """The uuids among what an entry kept under one key."""
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, str) and len(one) == 36:
            try:
                yield uuids.UUID(one)
            except ValueError:
                continue


@dataclass(frozen=True)
class _Reader:
    action: str
    named: Mapping[str, Named]

    def lines(self, kept: Mapping[str, Any]) -> Iterator[Told]:
        before, after = kept.get("before"), kept.get("after")
        if isinstance(before, dict) and isinstance(after, dict):
            # What did not change is told once, by its own key.
            changed = {key for key in after if before.get(key) != after[key]}
            rest = {key: value for key, value in kept.items() if key not in {"before", "after", *changed}}
            yield from self._pairs({key: (before.get(key), after[key]) for key in after if key in changed})
            yield from self.lines(rest)
            return
        for key, value in kept.items():
            if isinstance(value, dict) and all(isinstance(one, list) and len(one) == 2 for one in value.values()):
                yield from self._pairs(value)
            elif isinstance(value, dict):
                yield Told(self.label(key), json.dumps(value, ensure_ascii=False))
            elif value not in ("", None, []):
                yield Told(self.label(key), self.shown(key, value))

    def _pairs(self, pairs: Mapping[str, Any]) -> Iterator[Told]:
        for key, (was, now) in pairs.items():
            yield Told(self.label(key), f"{self.shown(key, was)} → {self.shown(key, now)}")

    def label(self, key: str) -> Any:
        return naming.detail(self.action, key).label or words.label(key)

    def shown(self, key: str, value: Any) -> str:
        """What was kept, as one reads it: things by name where the reader may know them, days and codes in words."""
        if isinstance(value, list):
            return ", ".join(self.shown(key, one) for one in value)
        if value is None or value == "":
            return "—"
        if isinstance(value, bool):
            return pgettext("trace", "yes") if value else pgettext("trace", "no")
        how = naming.detail(self.action, key)
        if how.words is not None and isinstance(value, str) and (known := how.words(value)):
            return str(known)
        if how.money:
            return _euros(value)
        for one in _uuids(value):
            return self.named.get(how.kind or patients(), {}).get(one, (str(value), ""))[0]
        if key == "action":
            return str(naming.said(str(value)))
        if isinstance(value, str):
            if words.is_day(value):
                return typography.day(value)
            return typography.moment(value) if words.is_instant(value) else value
        return json.dumps(value, ensure_ascii=False)


def _euros(value: Any) -> str:
    try:
        return typography.euros(Decimal(str(value)))
    except InvalidOperation:
        return str(value)


def roles(kept: str) -> str:
    """The roles somebody held when she acted, in words."""
    known = {role.value: str(label) for role, label in ROLE_LABELS.items()}
    return ", ".join(known.get(one, one) for one in kept.split(",") if one)
