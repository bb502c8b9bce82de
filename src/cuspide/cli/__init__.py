"""The command `cuspide`: its words in `line`, and one module a verb with `run(arguments) -> exit code`."""

import argparse
import importlib
import os
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cuspide.cli import line
from cuspide.cli.speech import language

if TYPE_CHECKING:
    from cuspide.core.home import Home

# Verbs, or one deed of a verb, that have the practice for themselves: neither the service nor another command runs
# meanwhile.
ALONE = {"store", "upgrade", "key change", "point switch", "point back"}


_MODULES = {"import": "importing"}
_ROOM_S = 10.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run a verb. 0: done; 1: refused or something is wrong; 2: the command line was not understood."""
    arguments = line.parser().parse_args(argv)
    if arguments.home:
        os.environ["CUSPIDE_HOME"] = os.path.abspath(os.path.expanduser(arguments.home))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cuspide.config.settings")
    return _run(arguments)


def _run(arguments: argparse.Namespace) -> int:
    from cuspide.core import occupied
    from cuspide.core.errors import Refusal
    from cuspide.core.home import HomeError, load

    # No module can be called `import`.
    verb = importlib.import_module(f"cuspide.cli.{_MODULES.get(arguments.verb, arguments.verb)}")
    try:
        home = load()
        _end_change_of_key(home)
        _end_switch(home)
        alone = not ALONE.isdisjoint({arguments.verb, f"{arguments.verb} {getattr(arguments, 'deed', '')}"})
        (occupied.alone if alone else occupied.share)(home.folder)
        code = int(verb.run(arguments) or 0)
        sys.stdout.flush()  # whoever reads may have gone: said here, not by the interpreter as it ends
        return code
    except HomeError as error:
        print(f"cuspide: {error.told(language())}", file=sys.stderr)
        return 1
    except Refusal as error:
        start_django()  # its sentence has words that may not be loaded yet
        print(f"cuspide: {error}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, EOFError):  # Ctrl C; Ctrl D where something was asked
        print(file=sys.stderr)
        return 130
    except BrokenPipeError:  # `cuspide check | head`: the reader has what it wanted
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # what a shell says of whom SIGPIPE ended


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


def _end_switch(home: "Home") -> None:
    """What was decided on the page, or cut short by a kill, is done before anything is opened. A service that ends to
    make room for it has some seconds."""
    from cuspide.continuity import switching
    from cuspide.core import occupied

    if not switching.found(home):
        return
    until = time.monotonic() + _ROOM_S
    while True:
        try:
            with occupied.briefly_alone(home.folder):
                kept = switching.settle(home)
            break
        except occupied.OccupiedError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    start_django()
    from django.utils.translation import gettext as _

    said = _("The practice was switched to another store. The one from before is %(path)s.")
    print(said % {"path": kept}, file=sys.stderr)


def start_django() -> None:
    """Load the settings and speak the operator's language."""
    import django
    from django.utils import translation

    django.setup()
    translation.activate(language())
