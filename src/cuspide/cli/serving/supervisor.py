"""Keeps the parts of the service alive, and does as little else as it can: what does little seldom dies."""

import gc
import http.client
import os
import signal
import sys
import time
from collections.abc import Iterable

from django.conf import settings
from django.utils.translation import gettext as _

from cuspide.cli.serving.children import FORKS, Child, ForkingNursery, Nursery, StartingNursery
from cuspide.continuity import switching
from cuspide.core import keystore
from cuspide.core.home import LOCAL_HOSTS
from cuspide.core.service import own_pages, pulse
from cuspide.core.service.parts import Options, Part, take_title
from cuspide.core.tls.door import INSTALL_PATH, origin

_PATIENCE_S = 8.0
# What is left at least for the last part, which seals the trace of what the others did.
_LAST_S = 1.5


def supervise(parts: Iterable[Part], options: Options) -> int:
    """Run the parts until SIGTERM or SIGINT. 0: all of them have ended."""
    take_title("supervisor")
    if FORKS:
        _load_all()
    home = settings.CUSPIDE_HOME
    pulse.begin(home)
    pulse.born(home, pulse.SUPERVISOR, f"{options.host}:{options.port}")
    nursery: Nursery = ForkingNursery(options) if FORKS else StartingNursery(options)
    children = [Child(part, nursery) for part in parts]
    for child in children:
        child.start()
    nursery.beside(lambda: _announce(options))
    while not nursery.wait(min((due for child in children if (due := child.due()) is not None), default=None)):
        for child in children:
            child.keep()
    end = time.monotonic() + _PATIENCE_S
    for child in children:
        last = child is children[-1]
        child.end(max(end, time.monotonic() + _LAST_S) if last else end - _LAST_S)
    pulse.end(home)
    if FORKS and switching.found(home):
        _begin_anew()
    return 0


def _begin_anew() -> None:
    """The same command from its beginning, which first does what was decided."""
    sys.stdout.flush()
    sys.stderr.flush()
    signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
    os.execv(sys.executable, sys.orig_argv)  # noqa: S606 the program itself, as it was called


def _load_all() -> None:
    """Load once what every child needs, and leave nothing open that two of them would share."""
    import granian  # noqa: F401  the server

    from cuspide.config import wsgi

    wsgi.warm()
    # What is frozen is not looked through any more, and so stays shared with the children.
    gc.collect()
    gc.freeze()


def _announce(options: Options) -> None:
    """Say where the practice is once it answers."""
    home = keystore.practice_home()
    secure = home.serves_tls
    while True:
        # The port is open before the pages are: a page is asked for, not a connection.
        link = own_pages.connect(home, options.host, options.port, timeout=30)
        try:
            link.request("HEAD", "/alive", headers=own_pages.headers(home))
            link.getresponse()
            break
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)
        finally:
            link.close()
    name = "localhost" if options.host == "127.0.0.1" else options.host
    if not secure:
        print(_("Cuspide is served at %(address)s") % {"address": origin("http", name, options.port)}, flush=True)
        return
    name = next((host for host in home.hosts if host not in LOCAL_HOSTS and not host.startswith(".")), name)
    print(_("Cuspide is served at %(address)s") % {"address": origin("https", name, options.port)}, flush=True)
    if options.plain_port and not home.tls_certificate:
        said = _("Workstations install the practice's certificate authority from %(address)s")
        print(said % {"address": origin("http", name, options.plain_port) + INSTALL_PATH}, flush=True)
