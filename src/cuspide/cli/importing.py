"""`cuspide import FILE`: patients of another program, rehearsed or for real; `--resume`; `--undo`.

Exit code 0 when everything was gone through, 1 when it was refused or stopped. Names are not printed: the lines that
were refused are told by their numbers, and the page shows the rest.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.cli import start_django
from cuspide.core.errors import DomainError

if TYPE_CHECKING:
    from cuspide.portability.models import Import

_SHOWN = 20
_PIECE = 1024 * 1024


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.core import keystore, store
    from cuspide.core.actor import Actor
    from cuspide.portability.services import undoing, working

    home = keystore.practice_home()
    store.refuse_unlike(home, store.prove(home))
    actor = Actor.system("operator")
    if arguments.undo:
        of = undoing.undo(actor, _known(arguments.undo))
    elif arguments.resume:
        of = _unfinished(actor)
    elif arguments.file is not None:
        of = _taken_in(actor, arguments)
        of = (working.rehearse if arguments.rehearse else working.run)(actor, of)
    else:
        raise DomainError(_("Name the file that is to be imported."))
    module = undoing if of.state == "undoing" else working
    try:
        of = module.work(of.pk, _progress)
    except working.StopAsked:
        print(_("Stopped. “cuspide import --resume” goes on."), file=sys.stderr)
        return 1
    _say(of, as_json=arguments.json)
    return 0


def _taken_in(actor: Any, arguments: argparse.Namespace) -> "Import":
    """The file in the store, with the mapping that is given or guessed."""
    from cuspide.portability.services import filing

    try:
        with arguments.file.open("rb") as stream:
            of = filing.take_in(actor, arguments.file.name, _pieces(stream), source=arguments.source)
    except OSError as error:
        raise DomainError(_("The file cannot be read: %(reason)s"), {"reason": error.strerror}) from error
    mapping = _mapping(arguments.mapping) if arguments.mapping else of.mapping
    try:
        return filing.set_mapping(actor, of, mapping, site=_site(arguments.site))
    except DomainError:
        filing.discard(actor, of)
        for name in of.header:
            print(f"{name} → {of.mapping.get(name, '')}", file=sys.stderr)
        print(_("Say with --mapping what the columns mean."), file=sys.stderr)
        raise


def _pieces(stream: Any) -> Iterator[bytes]:
    while piece := stream.read(_PIECE):
        yield piece


def _mapping(place: Path) -> dict[str, str]:
    try:
        read = json.loads(place.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DomainError(_("The mapping cannot be read as JSON.")) from error
    if not isinstance(read, dict) or not all(isinstance(value, str) for value in read.values()):
        raise DomainError(_('The mapping is one object of JSON: {"column": "field"}.'))
    return read


def _site(name: str) -> Any:
    from cuspide.practice.models import Site

    sites = list(Site.objects.filter(name=name) if name else Site.objects.all()[:2])
    if len(sites) == 1:
        return sites[0]
    names = ", ".join(Site.objects.order_by("name").values_list("name", flat=True))
    raise DomainError(_("Say with --site which one of these it is: %(names)s") % {"names": names})


def _known(text: str) -> "Import":
    import uuid

    from cuspide.portability import selectors

    try:
        found = selectors.import_by_uuid(uuid.UUID(text))
    except ValueError:
        found = None
    if found is None:
        raise DomainError(_("There is no import with this ID."))
    return found


def _unfinished(actor: Any) -> "Import":
    from cuspide.portability import selectors
    from cuspide.portability.services import working

    found = selectors.unfinished()
    if found is None:
        raise DomainError(_("No import was cut short."))
    return working.go_on(actor, found)


def _progress(of: "Import") -> None:
    if sys.stderr.isatty():
        print(f"\r{of.reached}", end="", file=sys.stderr, flush=True)


def _say(of: "Import", *, as_json: bool) -> None:
    from cuspide.portability import selectors
    from cuspide.portability.models import Outcome

    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    told = selectors.report(of)
    refused = selectors.rows(of, "refused")
    if as_json:
        told["refused_lines"] = [
            {"line": row.line, "reasons": [str(said) for said in selectors.said(row)]} for row in refused[:1000]
        ]
        print(json.dumps(told, ensure_ascii=False))
        return
    print(of.get_state_display())
    print(_("ID: %(id)s") % {"id": of.uuid})
    for outcome, label in Outcome.choices:
        print(f"{told[outcome]:>10}  {label}")
    print(ngettext("%(count)d line read", "%(count)d lines read", told["rows"]) % {"count": told["rows"]})
    if told["columns_left_out"]:
        print(_("Columns not taken: %(names)s") % {"names": ", ".join(told["columns_left_out"])})
    for what, count in selectors.left_in_file(of):
        print(_("Not brought in: %(what)s (%(count)d)") % {"count": count, "what": what})
    for row in refused[:_SHOWN]:
        why = " ".join(str(said) for said in selectors.said(row))
        print(_("line %(line)d: %(why)s") % {"line": row.line, "why": why})
    if told["refused"] > _SHOWN:
        print(_("… and %(count)d more, on the page of the import.") % {"count": told["refused"] - _SHOWN})
    if told["kept"]:
        print(_("Kept, because somebody has worked on them since: %(count)d") % {"count": told["kept"]})
