"""The repeated look at the practice's certificate, beside the pages."""

import logging
import threading

from django.conf import settings

from cuspide.core.tls.certificates import TlsError, renew_when_due

logger = logging.getLogger("cuspide.tls")

# What a clock that ran ahead has issued is good to nobody once it is set right: nobody waits a day for another.
_LOOK_S = 600.0


def run_forever(stop: threading.Event) -> None:
    """Renew the certificate when it is due, until told to stop. The pages take it up by themselves."""
    home = settings.CUSPIDE_HOME
    while not stop.is_set():
        if home.serves_tls and not home.tls_certificate:
            try:
                renew_when_due(home)
            except TlsError as error:
                logger.error("the certificate was not renewed: %s", error)
        stop.wait(_LOOK_S)
