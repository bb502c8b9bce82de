"""The forms of a page, as a browser would send them."""

import html
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field

_FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
_CONTROL = re.compile(
    r"<(input|button)\b([^>]*)>|<select\b([^>]*)>(.*?)</select>|<textarea\b([^>]*)>(.*?)</textarea>", re.DOTALL
)
_ATTRIBUTE = re.compile(r'([\w:-]+)(?:="([^"]*)")?')
_OPTION = re.compile(r"<option\b([^>]*)>", re.DOTALL)


@dataclass
class Form:
    """Where a form goes, and what it holds as it stands."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)

    def sent_with(self, changes: dict[str, str]) -> dict[str, list[str]]:
        return self.fields | {name: [value] for name, value in changes.items()}


def _attributes(text: str) -> dict[str, str]:
    return {name: html.unescape(value or "") for name, value in _ATTRIBUTE.findall(text)}


def forms_of(page: str, address: str) -> Iterator[Form]:
    """Every form that is posted, by itself or by htmx."""
    for opening, inside in _FORM.findall(page):
        given = _attributes(opening)
        action = given.get("hx-post") or given.get("action") or address
        if "hx-post" not in given and given.get("method", "get").lower() != "post":
            continue
        form = Form(urllib.parse.urljoin(address, action), "POST")
        for kind, simple, choice, options, area, words in _CONTROL.findall(inside):
            control = _attributes(simple or choice or area)
            name = control.get("name")
            if not name or name == "csrfmiddlewaretoken":
                continue
            values = form.fields.setdefault(name, [])
            if choice:
                offered = [_attributes(one) for one in _OPTION.findall(options)]
                chosen = [one for one in offered if "selected" in one] or offered[:1]
                values += [one.get("value", "") for one in chosen]
            elif area:
                values.append(html.unescape(words))
            elif kind == "button" or control.get("type") in {"checkbox", "radio"}:
                if not values or "checked" in control:
                    values[:] = [control.get("value", "on")]
            else:
                values.append(control.get("value", ""))
        yield form
