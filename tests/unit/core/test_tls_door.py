"""The port without TLS: it shows the certificate's page and nothing else, and forgets where one wanted to go."""

from collections.abc import Iterable
from typing import Any

import pytest

from cuspide.core.tls.door import before, origin


class Visit:
    """One request at the door."""

    def __init__(self, path: str, *, method: str = "GET", host: str = "localhost:8002", port: int = 8000) -> None:
        self.seen: dict[str, Any] = {}
        environ = {"PATH_INFO": path, "REQUEST_METHOD": method, "HTTP_HOST": host, "HTTP_COOKIE": "cuspide_session=x"}
        self.body = b"".join(before(self._pages, port)(environ, self._answer))

    def _pages(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        self.seen = environ
        start_response("200 OK", [("Set-Cookie", "a=b"), ("X-Other", "1")])
        return [b"page"]

    def _answer(self, status: str, headers: list[tuple[str, str]]) -> None:
        self.status, self.headers = status, dict(headers)


@pytest.mark.parametrize("path", ["/install-certificate/", "/install-certificate/cuspide.crt", "/static/x.css"])
def test_what_a_workstation_needs_is_shown_without_reading_or_setting_a_cookie(path: str) -> None:
    visit = Visit(path)
    assert visit.body == b"page"
    assert "HTTP_COOKIE" not in visit.seen
    assert visit.headers == {"X-Other": "1"}


@pytest.mark.parametrize("path", ["/", "/patients/", "/account/sign-in/", "/install-certificate", "//evil.example/"])
def test_everything_else_is_led_to_the_practice(path: str) -> None:
    visit = Visit(path)
    assert visit.status.startswith("307")
    assert visit.headers["Location"] == "https://localhost:8000/"
    assert not visit.seen


def test_the_usual_port_is_not_named() -> None:
    assert Visit("/", port=443).headers["Location"] == "https://localhost/"
    assert origin("http", "serveur.cabinet.lan", 80) == "http://serveur.cabinet.lan"
    assert origin("http", "serveur.cabinet.lan", 443) == "http://serveur.cabinet.lan:443"


@pytest.mark.parametrize("host", ["evil.example", "", "localhost@evil.example", "a b"])
def test_nobody_is_led_elsewhere(host: str) -> None:
    visit = Visit("/", host=host)
    assert visit.status.startswith("400")
    assert "Location" not in visit.headers


@pytest.mark.parametrize("path", ["/account/sign-in/", "/install-certificate/"])
def test_what_is_sent_without_tls_is_not_taken(path: str) -> None:
    """A password typed into a page that came without TLS was read already: it is not passed on as if it were not."""
    visit = Visit(path, method="POST")
    assert visit.status.startswith("400")
    assert not visit.seen
