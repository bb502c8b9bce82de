"""A practice with a host name is served with TLS by the real program, and shows its authority's page without."""

import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from email.message import Message
from pathlib import Path

import pytest

from tests.support.server import LivePractice, clean_environment, cuspide, free_port

pytestmark = pytest.mark.timeout(900)


def got(address: str, authority: Path | None = None) -> tuple[int, str, Message]:
    context = ssl.create_default_context(cafile=None if authority is None else str(authority))
    with urllib.request.urlopen(address, timeout=120, context=context) as answer:
        return answer.status, answer.read().decode(), answer.headers


def status_of_a_form(host: str, page: str, headers: Message, origin: str, authority: Path) -> int:
    """A wrong sign-in, sent as a page of `origin` would."""
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert token is not None
    cookies = "; ".join(line.split(";")[0] for line in headers.get_all("Set-Cookie", []))
    form = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": "x@y.example", "password": "faux"})
    sent = urllib.request.Request(
        f"{host}/account/sign-in/", form.encode(), {"Cookie": cookies, "Origin": origin, "Referer": f"{origin}/"}
    )
    try:
        return int(urllib.request.urlopen(sent, context=ssl.create_default_context(cafile=str(authority))).status)
    except urllib.error.HTTPError as refused:
        return refused.code


def assert_says_it_is_well(practice: LivePractice) -> None:
    """`cuspide check` asks the pages over TLS too. The background may be a moment behind the first page."""
    said = ""
    for _again in range(10):
        said = cuspide("check", home=practice.folder).stdout
        if "Le service tourne et va bien" in said:
            return
        time.sleep(0.5)
    pytest.fail(said)


def test_the_authority_is_fetched_without_tls_and_the_practice_trusted_with_it(
    own_practice: LivePractice, tmp_path: Path
) -> None:
    toml = own_practice.folder / "cuspide.toml"
    toml.write_text(re.sub(r"hosts = .*", 'hosts = ["localhost", "cabinet.lan"]', toml.read_text()))
    port, plain = free_port(), free_port()
    words = ["--port", str(port), "--plain-port", str(plain), "--live-port", "0"]
    service = subprocess.Popen(
        [sys.executable, "-m", "cuspide", "serve", "--home", str(own_practice.folder), *words],
        env=clean_environment(),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert service.stdout is not None
        assert f"https://cabinet.lan:{port}" in service.stdout.readline()
        assert f"http://cabinet.lan:{plain}/install-certificate/" in service.stdout.readline()
        _status, page, _headers = got(f"http://localhost:{plain}/install-certificate/")
        authority = tmp_path / "cuspide.crt"
        authority.write_text(got(f"http://localhost:{plain}/install-certificate/cuspide.crt")[1])
        shown = cuspide("tls", "show", home=own_practice.folder).stdout
        mark = re.search(r"autorité\W+((?:[0-9A-F]{2}:){31}[0-9A-F]{2})", shown)
        assert mark is not None, shown
        assert mark[1] in page.replace("<wbr>", "")
        with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
            got(f"https://localhost:{port}/alive")
        host = f"https://localhost:{port}"
        status, page, headers = got(f"{host}/account/sign-in/", authority)
        assert status == 200
        # The program knows that it is asked over TLS: the address that a form or a passkey names must be that one.
        assert status_of_a_form(host, page, headers, host, authority) == 200
        assert status_of_a_form(host, page, headers, host.replace("https", "http"), authority) == 403
        assert "__Host-" in headers["Set-Cookie"]
        assert "Secure" in headers["Set-Cookie"]
        # A browser that holds to HSTS could not open the authority's page on the port without TLS any more.
        assert "Strict-Transport-Security" not in headers
        assert_says_it_is_well(own_practice)
    finally:
        service.send_signal(signal.SIGTERM)
        assert service.wait(120) == 0
