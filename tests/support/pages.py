"""Every page that can be reached by following links, one of each kind."""

import html
import re
from collections import deque
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Page

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NUMBER = re.compile(r"(?<=[/=])\d+(?=[/&]|$)")
_LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
# Files, not pages; a way out; what another test walks through by itself.
_LEFT_OUT = re.compile(r"\.(svg|css|js|ico|woff2|txt|csv|jsonl)$|/document/$|/audit/closing/$|/sign-out/|/static/")


def kind(address: str) -> str:
    """The address without what only says which one: uuids, days, numbers."""
    parts = urlsplit(address)
    path = _NUMBER.sub("N", _DAY.sub("DAY", _UUID.sub("UUID", parts.path)))
    names = sorted(pair.split("=")[0] for pair in parts.query.split("&") if pair)
    return path + ("?" + "&".join(names) if names else "")


def crawl(page: Page) -> Iterator[tuple[str, str]]:
    """The address (path and query) of one page of each kind, by every link that is shown, and what the server answers.

    The window stays where it is: the caller opens what it wants to look at.
    """
    origin = "{0.scheme}://{0.netloc}".format(urlsplit(page.url))
    seen, waiting = {kind("/")}, deque(["/"])
    while waiting:
        address = waiting.popleft()
        answer = page.request.get(address)
        assert answer.status < 400, f"{address}: {answer.status}"
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        said = answer.text()
        yield address, said
        for link in _LINK.findall(said):
            target = urljoin(answer.url, html.unescape(link))
            if not target.startswith(origin):
                continue
            parts = urlsplit(target)
            place = parts.path + (f"?{parts.query}" if parts.query else "")
            if kind(place) not in seen and not _LEFT_OUT.search(parts.path):
                seen.add(kind(place))
                waiting.append(place)
