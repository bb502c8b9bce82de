"""What chairs, providers and types of appointments of another program probably are here, by their names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cuspide.patients.rules.names import words

OPERATORY, PROVIDER, TYPE = "operatory", "provider", "type"
KINDS = (OPERATORY, PROVIDER, TYPE)


@dataclass(frozen=True)
class Here:
    """A chair, a practitioner or a type of this practice: its public name, and what it may be called."""

    uuid: str
    names: tuple[str, ...]


def guess(kind: str, there: Mapping[str, str], here: Sequence[Here]) -> dict[str, str]:
    """Number there to uuid here. Who or what cannot be told apart by its name is left out, unless there is only one it
    could be; chairs without any common name go by their order, and appointments without a type are check-ups (the
    first of the types given)."""
    found: dict[str, str] = {}
    for number, name in there.items():
        if same := _named(name, here):
            found[number] = same
    if kind == TYPE:
        rest = here[0].uuid if here else ""
        return {number: found.get(number, rest) for number in there if found.get(number, rest)}
    if len(here) == 1:
        return dict.fromkeys(there, here[0].uuid)
    if kind == OPERATORY and not found and len(there) <= len(here):
        found = {number: each.uuid for number, each in zip(there, here, strict=False)}
    return found


def _named(name: str, here: Sequence[Here]) -> str:
    """The only one that is called so: by the same words, else by words that all stand in its name there."""
    said = words(name)
    if not said:
        return ""
    alike = [each.uuid for each in here if any(words(one) == said for one in each.names)]
    if not alike:
        alike = [each.uuid for each in here if any(one and set(words(one)) <= set(said) for one in each.names)]
    return alike[0] if len(alike) == 1 else ""
