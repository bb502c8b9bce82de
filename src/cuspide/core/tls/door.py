"""The port without TLS: it gives the authority's certificate to workstations that do not trust it yet, and leads
everybody else to the practice. Nothing of the practice is shown on it, and no cookie is read or set."""

from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.http.request import split_domain_port, validate_host

INSTALL_PATH = "/install-certificate/"
_SHOWN = (INSTALL_PATH, "/static/")

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]


def origin(scheme: str, name: str, port: int) -> str:
    """An address as a person types it: the port that browsers take by themselves is left out."""
    return f"{scheme}://{name}" + ("" if port == {"http": 80, "https": 443}[scheme] else f":{port}")


def before(pages: Application, port: int) -> Application:
    """The application of this port: `pages` for what it may show, else a redirect to the TLS port."""

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "/")
        reading = environ["REQUEST_METHOD"] in {"GET", "HEAD"}
        if reading and path.startswith(_SHOWN):
            environ.pop("HTTP_COOKIE", None)
            return pages(environ, lambda status, headers, error=None: start_response(status, _without_cookies(headers)))
        name, _port = split_domain_port(environ.get("HTTP_HOST", ""))
        if not reading or not name or not validate_host(name, settings.ALLOWED_HOSTS):
            start_response("400 Bad Request", [("Content-Type", "text/plain; charset=utf-8")])
            return [b"https\n"]
        where = origin("https", name, port)
        # Where the visitor wanted to go stays behind: an address may hold what somebody typed.
        start_response("307 Temporary Redirect", [("Location", f"{where}/"), ("Content-Length", "0")])
        return [b""]

    return application


def _without_cookies(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, value in headers if name.lower() != "set-cookie"]
