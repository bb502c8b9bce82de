"""`cuspide audit verify`: prove the whole trace, and say what is wrong in plain words. Exit code 1 when something is,
2 when an anchor cannot be read. `cuspide audit anchor` gives the end of the chain, to be kept elsewhere."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cuspide.cli import start_django

if TYPE_CHECKING:
    from cuspide.audit.verify import Fault, Verdict

_SHOWN = 20


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.audit import anchors
    from cuspide.core import keystore, store

    store.prove(keystore.practice_home())
    try:
        return _anchor(arguments) if arguments.deed == "anchor" else _verify(arguments)
    except anchors.AnchorError as error:
        print(error.sentence, file=sys.stderr)
        return 2


def _anchor(arguments: argparse.Namespace) -> int:
    """Give the head of the chain: as a file in a folder, else on the screen."""
    from cuspide.audit import anchors
    from cuspide.core.actor import Actor

    anchor = anchors.make(Actor.system("operator"))
    if arguments.to:
        try:
            written = anchors.to_folder(anchor, Path(arguments.to))
        except OSError as error:
            print(_("The anchor cannot be written there: %(reason)s") % {"reason": error.strerror}, file=sys.stderr)
            return 1
        print(_("Written: %(file)s") % {"file": written})
    elif arguments.json:
        print(anchors.as_file(anchor), end="")
    else:
        print(anchor.typed)
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    from cuspide.audit import anchors
    from cuspide.audit.verify import verify

    kept = [(one.sequence, one.chain) for given in arguments.anchor for one in anchors.read(given)]

    def progress(sequence: int) -> None:
        if sys.stderr.isatty():
            print(f"\r{sequence}", end="", file=sys.stderr, flush=True)

    verdict = verify(anchors=kept, progress=progress)
    if sys.stderr.isatty():
        print("\r", end="", file=sys.stderr)
    if arguments.json:
        print(json.dumps(_as_json(verdict)))
    else:
        _say(verdict)
    return 0 if verdict.whole else 1


def _as_json(verdict: "Verdict") -> dict[str, object]:
    return {
        "whole": verdict.whole,
        "rows": verdict.rows,
        "last_sequence": verdict.last_sequence,
        "unsealed": verdict.unsealed,
        "emptied_by_retention": verdict.emptied,
        "anchors_that_fit": verdict.anchored,
        "clock_back": [{"sequence": one.sequence, "seconds": one.seconds} for one in verdict.clock_back],
        "seconds": round(verdict.seconds, 3),
        "faults": [
            {"kind": one.kind, "sequence": one.sequence, "last": one.last, "origin": one.origin}
            for one in verdict.faults
        ],
        "more_faults": verdict.more_faults,
    }


def _say(verdict: "Verdict") -> None:
    rows = ngettext("%(rows)d entry read", "%(rows)d entries read", verdict.rows) % {"rows": verdict.rows}
    waiting = ngettext("%(count)d waits for its seal", "%(count)d wait for their seal", verdict.unsealed)
    print(f"{rows}, {waiting % {'count': verdict.unsealed}}.")
    if verdict.emptied:
        emptied = ngettext(
            "Retention emptied the details of %(count)d entry, as its own entries say.",
            "Retention emptied the details of %(count)d entries, as its own entries say.",
            verdict.emptied,
        )
        print(emptied % {"count": verdict.emptied})
    for back in verdict.clock_back:
        print(
            _("For information: before entry %(sequence)d the clock of the machine was set back by %(minutes)d min.")
            % {"sequence": back.sequence, "minutes": back.seconds // 60}
        )
    if verdict.anchored:
        fit = ngettext("%(count)d anchor fits.", "%(count)d anchors fit.", verdict.anchored)
        print(fit % {"count": verdict.anchored})
    if verdict.whole:
        print(_("The trace is whole: nothing in it was altered, removed or moved."))
        return
    print(_("The trace is NOT whole:"))
    for fault in verdict.faults[:_SHOWN]:
        print(f"  - {_sentence(fault)}")
    more = len(verdict.faults) - _SHOWN + verdict.more_faults
    if more > 0:
        print(_("  … and %(count)d more.") % {"count": more})
    print(
        _(
            "Keep a copy of the store as it is, bring back nothing over it, and find out who had access to the "
            "machine. A backup from before shows what stood there."
        )
    )


def _sentence(fault: "Fault") -> str:
    from cuspide.audit import verify

    words = {
        verify.ALTERED: _("Entry %(sequence)d was altered after it was sealed."),
        verify.PAYLOAD_ALTERED: _("The details of entry %(sequence)d were altered."),
        verify.PAYLOAD_REMOVED: _("The details of entry %(sequence)d were removed, and not by retention."),
        verify.PAYLOAD_ADDED: _("Details were added to entry %(sequence)d after it was sealed."),
        verify.REMOVED: _("Entries %(sequence)d to %(last)d were removed."),
        verify.MOVED: _("The entry at %(sequence)d was moved there from %(origin)d."),
        verify.HEAD: _("The end of the trace is not the one that the program left: entries may have been cut off."),
        verify.UNSEALED: _("Entries wait for their seal for more than a minute: is “cuspide serve” running?"),
        verify.ANCHOR: _(
            "Entry %(sequence)d is not the one that the anchor names: the trace was cut or rewritten since. If you "
            "typed the anchor, compare it with the paper once more."
        ),
    }
    sentence = words[fault.kind]
    if fault.kind == verify.REMOVED and fault.sequence == fault.last:
        sentence = _("Entry %(sequence)d was removed.")
    return sentence % {"sequence": fault.sequence, "last": fault.last, "origin": fault.origin}
