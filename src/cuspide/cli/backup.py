"""`cuspide backup`: where copies go, a copy now, the way back tried. Exit code 1 when one of them failed."""

import argparse
import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError

if TYPE_CHECKING:
    from cuspide.continuity.models import Destination, Run


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))
    return _DEEDS[arguments.deed](arguments)


def _add(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import destinations
    from cuspide.core.actor import Actor

    if not arguments.place:
        raise DomainError(_("Name the place: a folder of another disk, or rest:…, sftp:…, s3:… as restic names it."))
    destinations.add(Actor.system("operator"), arguments.name, arguments.place, opening(os.environ))
    print(_("Copies go to “%(name)s” from now on, every five minutes.") % {"name": arguments.name.strip()})
    return 0


def _disk(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import disks
    from cuspide.core.actor import Actor

    made = disks.add(Actor.system("operator"), arguments.name, arguments.place, arguments.every, arguments.hours)
    print(_("“%(name)s” is written and read back each time that it is plugged in.") % {"name": made.name})
    return 0


def _list(_arguments: argparse.Namespace) -> int:
    from cuspide.continuity import checks

    for finding in checks.backups():
        print(finding.message)
    return 0


def _run(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import rounds
    from cuspide.core import keystore

    runs = rounds.copy(keystore.practice_home(), named(arguments.name), whole=arguments.whole)
    return _told(runs)


def _try(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import drills

    return _told([drills.try_the_way_back(one, newest=True) for one in named(arguments.name)])


def _file(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.onefile import writing
    from cuspide.core import keystore
    from cuspide.core.pages.typography import file_size

    if not arguments.name:
        raise DomainError(_("Name the folder into which the file is to be written."))
    folder = Path(arguments.name).expanduser().absolute()
    written = writing.write(keystore.practice_home(), folder, size_of(arguments.split) if arguments.split else None)
    for row in written.parts:
        print(f"{file_size(row['size']):>10}  {folder / row['name']}")
    print(
        _("Written, read back and compared: %(files)d files, %(size)s. Keep %(listed)s with each part of it.")
        % {"files": written.files, "size": file_size(written.size), "listed": written.listed.name}
    )
    return 0


def _kit(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import kit
    from cuspide.core import keystore
    from cuspide.core.actor import Actor

    place = Path(arguments.name or f"cuspide-kit-{keystore.practice_home().key_id}.pdf").expanduser().absolute()
    write_kit(kit.printed(Actor.system("operator")), place)
    return 0


def write_kit(content: bytes, place: Path) -> None:
    from cuspide.core.home import write_private

    try:
        write_private(place, content)
    except OSError as error:
        raise DomainError(
            _("%(path)s cannot be written: %(reason)s. Nothing was changed.")
            % {"path": place, "reason": error.strerror or type(error).__name__}
        ) from error
    print(
        _("The restore kit is %(path)s. Print it and keep it with the escrow sheet; it holds no secret.")
        % {"path": place}
    )


def size_of(said: str) -> int:
    """The bytes of `cd`, `dvd`, `650MB`, `4.4 GB`. DomainError for what is none, or less than a megabyte."""
    known = {"cd": 700_000_000, "dvd": 4_400_000_000}
    text = said.strip().lower().replace(",", ".")
    if text in known:
        return known[text]
    found = re.fullmatch(r"(\d{1,6}(?:\.\d{1,3})?)\s*(mb|mo|gb|go)", text, re.ASCII)
    size = int(float(found[1]) * (1_000_000 if found[2][0] == "m" else 1_000_000_000)) if found else 0
    if size < 1_000_000:
        raise DomainError(_("A size is cd, dvd, or a number with its unit: 650MB, 4.4GB; at least 1MB."))
    return size


def _sheet(arguments: argparse.Namespace) -> int:
    from cuspide.cli import escrow
    from cuspide.continuity.services import drills
    from cuspide.core.actor import Actor

    if not arguments.name:
        raise DomainError(_("Name the place."))
    typed = escrow.ask_sheet()
    return _told([drills.try_with_the_sheet(Actor.system("operator"), one, typed) for one in named(arguments.name)])


def _read(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import drills

    return _told([drills.read_all(one) for one in named(arguments.name)])


def _end(arguments: argparse.Namespace) -> int:
    from cuspide.continuity.services import destinations
    from cuspide.core.actor import Actor

    if not arguments.name:
        raise DomainError(_("Name the place."))
    for one in named(arguments.name):
        destinations.end(Actor.system("operator"), one)
    print(_("No more copies go there. What lies there stays."))
    return 0


def opening(environment: Mapping[str, str]) -> dict[str, str]:
    """What of the environment opens a place, as restic wants it."""
    wanted = ("AWS_", "B2_", "AZURE_", "GOOGLE_", "OS_", "RCLONE_")
    return {name: value for name, value in environment.items() if name.startswith(wanted)}


def named(name: str) -> "list[Destination]":
    from cuspide.continuity.models import Destination

    in_use = Destination.objects.filter(ended_at=None).order_by("name")
    found = list(in_use.filter(name=name)) if name else [one for one in in_use if not one.is_disk]
    if not found:
        raise DomainError(_("There is no such place. “cuspide backup list” shows them."))
    return found


def _told(runs: "Sequence[Run]") -> int:
    from cuspide.core.pages.typography import file_size

    for one in runs:
        words = {"name": one.destination.name, "said": one.said, "size": file_size(one.size)}
        if one.outcome == "failed":
            print(_("✗ %(name)s: %(said)s") % words)
        elif one.kind == "copy":
            print(_("✓ %(name)s: %(size)s copied, %(added)s new.") % (words | {"added": file_size(one.added)}))
        elif one.kind in {"read", "sheet"}:
            print(_("✓ %(name)s: %(said)s") % words)
        else:
            print(_("✓ %(name)s: brought back and proved, %(size)s. %(said)s") % words)
    return int(any(one.outcome == "failed" for one in runs))


_DEEDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "add": _add,
    "disk": _disk,
    "list": _list,
    "run": _run,
    "try": _try,
    "read": _read,
    "sheet": _sheet,
    "end": _end,
    "file": _file,
    "kit": _kit,
}
