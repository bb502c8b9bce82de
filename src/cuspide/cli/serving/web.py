"""The part that serves pages: granian's own supervisor of its workers. Nothing of Django is needed before a worker
has it."""

import multiprocessing
import os
import signal
import sys
from functools import partial
from typing import Any

import setproctitle

from cuspide.cli.serving import renewed
from cuspide.core import keystore, tls
from cuspide.core.orphans import become_parent, end_with_parent
from cuspide.core.service.parts import Options, title

_CONNECTIONS = 4_096
_LAST_WORDS_S = 5


def run(options: Options) -> int:
    """Serve the pages until SIGTERM; requests in flight are answered first."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from cuspide.core.service.intake import THREADS
    from cuspide.core.service.limits import allow_files

    if sys.platform == "linux":
        # The program is in this process already: a worker forked from it has all in hundredths of a second.
        multiprocessing.set_start_method("fork", force=True)
    become_parent()
    serving = tls.for_serving(keystore.practice_home())
    if serving is not None:
        renewed.watch(serving)
    allow_files(_CONNECTIONS + 500)
    Granian(
        "cuspide.config.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=options.workers,
        blocking_threads=THREADS,
        blocking_threads_idle_timeout=600,
        backlog=1024,
        # Connections, of which most only wait; those whose head drips in are cut off after 30 s.
        backpressure=_CONNECTIONS,
        log_level=LogLevels.error,
        log_access=False,
        # Its words go where ours go, in the same form.
        log_dictconfig={"formatters": {}, "handlers": {}, "loggers": {"_granian": {"handlers": [], "propagate": True}}},
        # Whoever still sends then is cut off, at the end of the service and when workers make room for others.
        workers_kill_timeout=_LAST_WORDS_S,
        respawn_failed_workers=True,
        websockets=False,
        process_name=title("web"),
        ssl_cert=serving.certificate if serving else None,
        ssl_key=serving.key if serving else None,
    ).serve(target_loader=partial(load, options.threads), wrap_loader=False)
    return 0


def load(places: int) -> Any:
    """The application, in a worker just born, with so many places to work."""
    end_with_parent()
    from django.conf import settings

    from cuspide.config.wsgi import application
    from cuspide.core.service import pulse
    from cuspide.core.service.intake import Intake

    pulse.born(settings.CUSPIDE_HOME, setproctitle.getproctitle().removeprefix(title("")))
    return Intake(
        application,
        places=places,
        largest=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
        each=not settings.CUSPIDE_HOME.https,
        renew=_ask_for_new_workers,
    )


def _ask_for_new_workers() -> None:
    """granian starts new workers one by one and ends those before: what drips in is cut off, what is being answered is
    answered. On Windows it knows no such signal: there the places stay taken until the senders go."""
    if sys.platform != "win32":
        os.kill(os.getppid(), signal.SIGHUP)
