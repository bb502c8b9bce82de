"""What a browser says of itself, in words."""

import pytest

from cuspide.accounts.user_agents import described

_WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0) {_WEBKIT} Chrome/140.0 Safari/537.36 Edg/140.0", "Edge", "Windows"),
        (f"Mozilla/5.0 (X11; Linux x86_64) {_WEBKIT} Chrome/140.0 Safari/537.36", "Chrome", "Linux"),
        (f"Mozilla/5.0 (Linux; Android 15) {_WEBKIT} Chrome/140.0 Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari", "iPhone"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.5 Safari/605.1.15", "Safari", "macOS"),
        ("", "", ""),
        ("<script>alert(1)</script>", "", ""),
    ],
)
def test_a_browser_and_its_system_are_named(said: str, browser: str, system: str) -> None:
    assert described(said) == (browser, system)
