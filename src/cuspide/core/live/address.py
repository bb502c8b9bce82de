"""Where pages find the live stream. Nothing here needs Django: settings read it too."""

import os
from collections.abc import Iterable

from cuspide.core.home import Home
from cuspide.core.live import PATH

PORT = "CUSPIDE_LIVE_PORT"


def choose(port: int) -> None:
    """Tell the parts of the service on which port the stream is; 0: there is none."""
    os.environ[PORT] = str(port if 0 < port < 65_536 else 0)


def port() -> int:
    """The port of the stream; 0 where there is none."""
    text = os.environ.get(PORT, "")
    return int(text) if text.isascii() and text.isdigit() else 0


def scheme(home: Home) -> str:
    """How the stream's own port is spoken to. Behind a TLS proxy nobody speaks to it but the proxy."""
    return "https" if home.serves_tls else "http"


def origins(hosts: Iterable[str], home: Home) -> list[str]:
    """What the Content-Security-Policy must allow beside the page's own origin."""
    if not port() or home.https:
        return []
    named = (host.replace(".", "*.", 1) if host.startswith(".") else host for host in hosts)
    return [f"{scheme(home)}://{host}:{port()}" for host in named]


def for_page(host: str, home: Home) -> str:
    """The address for a page of this host name; "" where there is no stream.

    Behind a TLS proxy it has the origin of the page: the proxy leads it to the port.
    """
    if not port():
        return ""
    return PATH if home.https else f"{scheme(home)}://{host}:{port()}{PATH}"
