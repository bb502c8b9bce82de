"""The command `cuspide`: one module a verb, each with `add_arguments(parser)` and `run(arguments) -> exit code`."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cuspide import __version__

if TYPE_CHECKING:
    from cuspide.core.home import Home

# Verb: what it does, in one line. The module of the same name holds it.
VERBS = {
    "init": "make a new practice",
    "serve": "serve the practice",
    "demo": "make a demo practice with invented patients, and serve it",
    "practitioner": "add a dentist in whose name acts are done and billed",
    "service": "print the unit by which systemd starts the practice",
    "upgrade": "bring the store to the program's version, with a copy first",
    "store": "carry the practice to PostgreSQL, or back to SQLite",
    "check": "say in plain words whether all is well, and what to do",
    "key": "the practice's key: its copies, the escrow sheet, recovery",
    "tls": "the practice's certificates: what they are, their renewal, the authority",
    "audit": "prove that the trace was not tampered with",
    "nomenclature": "bring in a new edition of the CCAM",
    "manage": "Django's own commands, for developers",
}

# Verbs, or one deed of a verb, that have the practice for themselves: neither the service nor another command runs
# meanwhile.
ALONE = {"store", "upgrade", "key change"}


def _language() -> str:
    said = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return "en" if said.startswith("en") else "fr"


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb. 0: done; 1: refused or something is wrong; 2: the command line was not understood."""
    parser = argparse.ArgumentParser(prog="cuspide", description="The information system of a dental practice.")
    parser.add_argument("--version", action="version", version=f"cuspide {__version__}")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for verb, line in VERBS.items():
        sub = verbs.add_parser(verb, help=line, description=line[0].upper() + line[1:] + ".")
        sub.add_argument("--home", help="the practice's folder (default: CUSPIDE_HOME)")
        importlib.import_module(f"cuspide.cli.{verb}").add_arguments(sub)
    arguments = parser.parse_args(argv)
    if arguments.home:
        os.environ["CUSPIDE_HOME"] = os.path.abspath(os.path.expanduser(arguments.home))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuspide.config.settings")
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from cuspide.core import occupied
    from cuspide.core.errors import Refusal
    from cuspide.core.home import HomeError, load

    verb = importlib.import_module(f"cuspide.cli.{arguments.verb}")
    try:
        home = load()
        _end_change_of_key(home)
        alone = not ALONE.isdisjoint({arguments.verb, f"{arguments.verb} {getattr(arguments, 'deed', '')}"})
        (occupied.alone if alone else occupied.share)(home.folder)
        return int(verb.run(arguments) or 0)
    except HomeError as error:
        print(f"cuspide: {error.told(_language())}", file=sys.stderr)
        return 1
    except Refusal as error:
        start_django()  # its sentence has words that may not be loaded yet
        print(f"cuspide: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):  # Ctrl C; Ctrl D where something was asked
        print(file=sys.stderr)
        return 130


def _end_change_of_key(home: "Home") -> None:
    """What a change of key that was cut short left is ended before anything is opened."""
    from cuspide.core import occupied
    from cuspide.core.keys.changing import settling

    if not settling.found(home):
        return
    with occupied.briefly_alone(home.folder):
        told = settling.settle(home)
    start_django()
    from django.utils.translation import gettext as _

    if told == settling.FORWARD:
        said = _("A change of the key had been cut short. It is now ended: the practice has its new key.")
    else:
        said = _("A change of the key had been cut short. It was undone: the practice has the key it had.")
    print(said, file=sys.stderr)


def start_django() -> None:
    """Load the settings and speak the operator's language."""
    import django
    from django.utils import translation

    django.setup()
    translation.activate(_language())
