"""Sets Django up for the tests: on the tests' own home, with what tests add to the settings."""

import os

from tests.support.practice_home import make_home, postgresql_url, store


def configure() -> None:
    """Called once, before anything imports a model."""
    home = make_home(postgresql_url() if store() == "postgresql" else "")
    os.environ["DJANGO_SETTINGS_MODULE"] = "cuspide.config.settings"
    from django.conf import settings

    # A file, not memory: threads and processes meet there as they do in a practice.
    name = home / "test.sqlite3" if store() == "sqlite" else f"test_cuspide_{os.getpid()}"
    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = name
    # A password is hashed hundreds of times here; its strength has a test of its own.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Every request of the test client is watched for one query per row.
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "zeal"]
    settings.MIDDLEWARE = ["zeal.middleware.zeal_middleware", *settings.MIDDLEWARE]
    settings.ZEAL_RAISE = True
    settings.ZEAL_NPLUSONE_THRESHOLD = 3
