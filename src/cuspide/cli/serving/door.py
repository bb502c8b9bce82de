"""The part on the port without TLS (see `core.tls.door`)."""

import multiprocessing
import sys

from cuspide.core.orphans import become_parent, end_with_parent
from cuspide.core.service.parts import Options, title
from cuspide.core.tls.door import Application, before


def run(options: Options) -> int:
    """Serve the door until SIGTERM."""
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    if sys.platform == "linux":
        multiprocessing.set_start_method("fork", force=True)
    become_parent()

    def load() -> Application:
        end_with_parent()
        from cuspide.config.wsgi import application

        return before(application, options.port)

    Granian(
        "cuspide.config.wsgi:application",
        address=options.host,
        port=options.plain_port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=2,
        log_level=LogLevels.warning,
        log_access=False,
        respawn_failed_workers=True,
        websockets=False,
        process_name=title("door"),
    ).serve(target_loader=load, wrap_loader=False)
    return 0
