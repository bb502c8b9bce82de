"""`cuspide search rebuild`: the search index of the patients is made anew. It holds nothing that is not elsewhere."""

import argparse
import sys

from django.utils.translation import gettext as _

from cuspide.cli import start_django


def run(arguments: argparse.Namespace) -> int:
    """Everybody is found as before while it works; ended half-way, all stays as it was."""
    start_django()
    from cuspide.core import keystore, store
    from cuspide.patients.services import index

    store.prove(keystore.practice_home())
    done = 0
    for done in index.rebuild():
        if sys.stderr.isatty():
            print("\r" + _("%(count)d patients…") % {"count": done}, end="", file=sys.stderr)
    if sys.stderr.isatty():
        print(file=sys.stderr)
    print(_("The search index holds %(count)d patients.") % {"count": done})
    return 0
