"""The way back, tried: what lies at a destination is brought to a scratch place and proved to be the practice."""

import random
import shutil

from django.utils.translation import gettext_lazy as _

from cuspide.continuity import proving, secrets
from cuspide.continuity.models import Destination, Kind, Outcome, Run
from cuspide.continuity.services import envelope
from cuspide.continuity.services.copying import cache_of, under_way
from cuspide.core import clock, keystore
from cuspide.core.errors import DomainError
from cuspide.core.keys import copies

RECENT = 20
"""Of so many of the last copies one is drawn."""


def ask_to_delete(destination: Destination) -> None:
    """Find out whether whoever takes this machine over can delete what lies at the place: an envelope of its own,
    the same as the last one, is put there and asked to be deleted. ResticError."""
    home, access = keystore.practice_home(), secrets.access_to(destination)
    destination.only_takes = not access.envelope().gives_up(envelope.put(home, access, copies.read(home)))
    destination.asked_at = clock.now()
    destination.save(update_fields=["only_takes", "asked_at"])


def try_the_way_back(destination: Destination, *, newest: bool = False) -> Run:
    """Bring back a recent copy, drawn by chance, and prove it. A Run that failed says why."""
    home = keystore.practice_home()
    carried = Run.objects.filter(destination=destination, kind=Kind.COPY, outcome=Outcome.DONE)
    recent = list(carried.order_by("-pk")[: 1 if newest else RECENT])
    if not recent:
        raise DomainError(_("Nothing was copied to this place yet."))
    chosen = random.SystemRandom().choice(recent)
    scratch = home.folder / "backup" / "trial"
    shutil.rmtree(scratch, ignore_errors=True)
    try:
        with under_way(destination, Kind.DRILL) as run:
            run.snapshot = chosen.snapshot
            ask_to_delete(destination)
            secrets.access_to(destination).practice(cache_of(home)).restore(chosen.snapshot, scratch)
            run.size = sum(one.stat().st_size for one in scratch.rglob("*") if one.is_file())
            proving.put_together(scratch)
            proof = proving.prove(home, scratch)
            run.said = _("%(patients)d patients, %(entries)d entries of the trace and %(files)d files proved.") % {
                "patients": proof.patients,
                "entries": proof.entries,
                "files": proof.files,
            }
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return run
