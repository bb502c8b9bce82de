"""A practice behind a TLS proxy: cookies for TLS only, and no endless redirect."""

import subprocess
import sys
from pathlib import Path

from cuspide.core import keystore
from cuspide.core.home import Home
from tests.support.server import clean_environment

ASK = """
import django
from django.test import Client
from django.urls import reverse

django.setup()
plain = Client(headers={"host": "cabinet.example"}).get("/static/none")
told = Client(headers={"host": "cabinet.example", "x-forwarded-proto": "https"}).get("/static/none")
from django.conf import settings
print(plain.status_code, plain.headers.get("Location", ""), told.status_code, settings.SESSION_COOKIE_SECURE)
page = Client(headers={"host": "cabinet.example", "x-forwarded-proto": "https"}).get(reverse("account_login"))
for cookie in page.cookies.values():
    print(cookie.OutputString())
"""


def test_a_practice_with_https_sends_people_to_tls_once(tmp_path: Path) -> None:
    master = keystore.create(tmp_path / "key")
    Home(folder=tmp_path, key_id=keystore.key_id(master), hosts=("cabinet.example",), https=True).write()
    told = subprocess.run(
        [sys.executable, "-c", ASK],
        env=clean_environment() | {"CUSPIDE_HOME": str(tmp_path), "DJANGO_SETTINGS_MODULE": "cuspide.config.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    redirect, *cookies = told.stdout.splitlines()
    assert redirect.split() == ["301", "https://cabinet.example/static/none", "404", "True"]
    # A neighbour on the same domain, or a page without TLS, cannot set a cookie of such a name.
    (csrf,) = [line for line in cookies if line.startswith("__Host-cuspide_csrf=")]
    assert {"HttpOnly", "Secure", "Path=/", "SameSite=Lax"} <= {part.strip() for part in csrf.split(";")}
    assert "Domain" not in csrf
