"""What a page begins, and the background process goes through."""

from django.db import transaction

from cuspide.core.actor import Actor
from cuspide.portability import tasks
from cuspide.portability.models import Import
from cuspide.portability.services import undoing, working


def rehearse(actor: Actor, of: Import) -> None:
    with transaction.atomic():
        tasks.start(working.rehearse(actor, of))


def run(actor: Actor, of: Import) -> None:
    with transaction.atomic():
        tasks.start(working.run(actor, of))


def go_on(actor: Actor, of: Import) -> None:
    with transaction.atomic():
        tasks.start(working.go_on(actor, of))


def undo(actor: Actor, of: Import) -> None:
    with transaction.atomic():
        tasks.start(undoing.undo(actor, of))
