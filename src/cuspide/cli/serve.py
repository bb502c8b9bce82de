"""`cuspide serve`: the pages and the work beside them, kept alive together.

The supervisor proves the store, then keeps the parts: pages (granian), the background (sealing of the trace, jobs,
outbox), and what rooms add. One that dies is started again; when the supervisor goes, they go.
"""

import argparse
import errno
import socket
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.cores import cores
from cuspide.core.db.errors import StoreError

if TYPE_CHECKING:
    from cuspide.core.home import Home
    from cuspide.core.service.parts import Options


def _workers() -> int:
    """Python works on one core at a time. A third process would take from the memory of a practice's machine what its
    people do not gain."""
    return min(2, cores())


def run(arguments: argparse.Namespace) -> int:
    from django.conf import settings

    from cuspide.cli.serving import door, web
    from cuspide.core import keystore, tls
    from cuspide.core.live import address
    from cuspide.core.orphans import end_with_parent
    from cuspide.core.service import pulse
    from cuspide.core.service.parts import Options, Part, parts, take_title

    live_port = arguments.port + 1 if arguments.live_port is None else arguments.live_port
    # Before Django reads its settings: the pages must be allowed to reach it.
    address.choose(live_port)
    plain_port = arguments.port + 2 if arguments.plain_port is None else arguments.plain_port
    workers = _workers() if arguments.workers is None else arguments.workers
    options = Options(arguments.host, arguments.port, workers, arguments.threads, address.port(), plain_port)
    if arguments.part:
        end_with_parent()
        take_title(arguments.part)
    if arguments.part == "web":
        return web.run(options)
    start_django()
    parts.add(Part("web", web.run, order=0))
    if _has_door(options):
        parts.add(Part("door", door.run, order=10))
    if arguments.part:
        pulse.born(settings.CUSPIDE_HOME, arguments.part)
        return parts[arguments.part].run(options)
    _refuse_second(settings.CUSPIDE_HOME)
    _prove_store()
    tls.for_serving(keystore.practice_home())
    _refuse_taken(options.host, options.port, "--port")
    if options.live_port:
        _refuse_taken(options.host, options.live_port, "--live-port")
    if "door" in parts:
        _refuse_taken(options.host, options.plain_port, "--plain-port")
    from cuspide.cli.serving.supervisor import supervise
    from cuspide.continuity import looked

    served = [one for one in parts if one.key in looked.PARTS] if looked.is_looked_at(settings.CUSPIDE_HOME) else parts
    return supervise(served, options)


def _has_door(options: "Options") -> bool:
    """Whether workstations need a port without TLS: where the practice has an authority of its own."""
    from cuspide.core import keystore

    home = keystore.practice_home()
    return bool(options.plain_port) and home.serves_tls and not home.tls_certificate


def _prove_store() -> None:
    """Open the store once, before anything is served from it, and close it again."""
    from django.db import connections

    from cuspide.core import keystore, store

    home = keystore.practice_home()
    try:
        state = store.prove(home)
    finally:
        connections.close_all()
    store.refuse_unlike(home, state)


def _refuse_second(home: "Home") -> None:
    """Two services on one folder would do the same jobs, and each would take the other's signs of life for its own."""
    from cuspide.core.service import pulse

    try:
        alone = pulse.alone(home)
    except OSError:  # a disk that takes nothing: the store's proof says so in words
        return
    if not alone:
        first = next((one for one in pulse.heard(home) if one.key == pulse.SUPERVISOR), None)
        raise StoreError(
            _("The practice in %(path)s is served already (%(address)s). Stop that service first; nothing was changed.")
            % {"path": home.folder, "address": first.address if first else "…"}
        )


def _refuse_taken(host: str, port: int, option: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise StoreError(
                _(
                    "Only the administrator may open port %(port)d. Choose one from 1024 on with %(option)s, or let "
                    "systemd open it: “cuspide service systemd” prints a unit that does."
                )
                % {"port": port, "option": option}
            ) from error
        except OSError as error:
            if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
                raise StoreError(
                    _("This machine has no address %(host)s. With --host 0.0.0.0 it listens on all that it has.")
                    % {"host": host}
                ) from error
            raise StoreError(
                _("Another program listens on %(host)s:%(port)d. Stop it, or choose another port with %(option)s.")
                % {"host": host, "port": port, "option": option}
            ) from error
