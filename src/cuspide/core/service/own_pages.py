"""A connection to the practice's own pages, on this machine: nothing is believed of them but what they answer."""

import http.client
import ssl

from cuspide.core.home import Home

_EVERY_ADDRESS = {"", "0.0.0.0", "::"}  # noqa: S104 - what a server listens on, not what is listened on here


def connect(home: Home, host: str, port: int, timeout: float) -> http.client.HTTPConnection:
    """Not yet open; with TLS where the practice speaks it itself."""
    place = "127.0.0.1" if host in _EVERY_ADDRESS else host
    if not home.serves_tls:
        return http.client.HTTPConnection(place, port, timeout=timeout)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(place, port, timeout=timeout, context=context)


def headers(home: Home) -> dict[str, str]:
    """What a request must say to be answered by a page: a name of the practice's, and that a proxy spoke TLS where one
    is expected to."""
    name = next((host for host in home.hosts if host and not host.startswith(".")), "localhost")
    return {"Host": name} | ({"X-Forwarded-Proto": "https"} if home.https else {})
