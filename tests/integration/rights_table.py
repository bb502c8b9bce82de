"""The table of who reaches what: every address of the program, the roles that may, one row each.

`python -m tests.integration.rights_table` prints what the table lacks and what is in it too much;
`python -m tests.integration.rights_table --write` adds the rows that the views propose and takes out those of addresses
that are gone. A row that is there already is never changed: whoever changes a right changes its rows by hand, and a
reviewer sees who gets what.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

TABLE = Path(__file__).with_name("rights_table.json")
VISITOR = "visitor"
# Addresses that say by a 503 of their own what does not work: in a test nothing seals the trace.
MAY_SAY_503 = {"core:healthz"}
# What stands in an address besides uuids. A room with a new kind of parameter adds a sample here.
SAMPLES = {"day": "2026-11-24", "code": "HBFD006", "number": 1, "year": 2026, "month": 11, "tooth": 16, "name": "x",
           "role": "trusted", "about": "sms"}  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    view: Any
    converters: dict[str, Any]

    @property
    def uuids(self) -> list[str]:
        """Names of the parameters that are uuids."""
        return [name for name, kind in self.converters.items() if type(kind).__name__ == "UUIDConverter"]

    @property
    def others(self) -> dict[str, Any]:
        """Samples of the other parameters; KeyError for one that has none."""
        found = {}
        for name, kind in self.converters.items():
            if name not in self.uuids:
                sample = SAMPLES[name]
                found[name] = kind.to_python(str(sample))
        return found


def addresses(resolver: Any = None) -> list[Address]:
    """Every address of the program, by walking the resolver."""
    if resolver is None:
        from django.urls import get_resolver

        resolver = get_resolver()
    return list(_walk(resolver, (), {}))


def _walk(resolver: Any, spaces: tuple[str, ...], above: dict[str, Any]) -> Iterator[Address]:
    from django.urls import URLResolver

    for pattern in resolver.url_patterns:
        converters = above | dict(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = (*spaces, pattern.namespace) if pattern.namespace else spaces
            yield from _walk(pattern, inner, converters)
        else:
            # An address without a name stands under what it matches, so that it cannot hide.
            name = pattern.name or f"unnamed {pattern.pattern}"
            yield Address(":".join((*spaces, name)), pattern.callback, converters)


def proposal(address: Address) -> list[str]:
    """Who reaches an address as its view declares it, in the order of the roles."""
    from cuspide.core.rights import PUBLIC, SIGNED_IN, Right, Role, access_of

    needed = access_of(address.view)
    if needed is PUBLIC:
        return [*(role.value for role in Role), VISITOR]
    if needed is SIGNED_IN:
        return [role.value for role in Role]
    return [role.value for role in Role if isinstance(needed, Right) and role in needed.roles]


def read() -> dict[str, list[str]]:
    """The committed table."""
    found: dict[str, list[str]] = json.loads(TABLE.read_text(encoding="utf-8"))
    return found


def unlisted(found: list[Address], table: dict[str, list[str]]) -> list[str]:
    """Addresses without a row."""
    return sorted({one.name for one in found} - set(table))


def broke(name: str, status: int) -> bool:
    """Whether an answer shows a mistake of the program."""
    return status >= 500 and not (status == 503 and name in MAY_SAY_503)


def allowed(table: dict[str, list[str]], name: str, method: str) -> list[str]:
    """Who reaches an address by a method. A row `care:act POST` stands beside `care:act` where fewer may change what
    they may see."""
    return table.get(f"{name} {method}", table[name])


def forgotten(found: list[Address], table: dict[str, list[str]]) -> list[str]:
    """Rows without an address."""
    names = {one.name for one in found}
    return sorted(row for row in table if row.removesuffix(" POST").removesuffix(" GET") not in names)


def write(table: dict[str, list[str]]) -> None:
    """Write the table, a row a line."""
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(table[name])}" for name in sorted(table))
    TABLE.write_text("{\n" + rows + "\n}\n", encoding="utf-8")


def main() -> int:
    from tests.support.django_setup import configure

    configure()
    import django

    django.setup()
    parser = argparse.ArgumentParser(prog="tests.integration.rights_table", description=__doc__)
    parser.add_argument("--write", action="store_true", help="add and remove rows")
    chosen = parser.parse_args()
    found, table = addresses(), read() if TABLE.exists() else {}
    missing, gone = unlisted(found, table), forgotten(found, table)
    proposed = {one.name: proposal(one) for one in found}
    for name in missing:
        print(f"+ {name}: {', '.join(proposed[name])}")
    for name in gone:
        print(f"- {name}")
    if chosen.write:
        kept = {name: roles for name, roles in table.items() if name not in gone}
        write(kept | {name: proposed[name] for name in missing})
        return 0
    return 1 if missing or gone else 0


if __name__ == "__main__":
    sys.exit(main())
