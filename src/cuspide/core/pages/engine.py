"""The template engine: Jinja2 with the program's words, and what every room adds to it.

A room's module `templating` says what its templates may use, and so may those of the rooms above it:

    FILTERS = {"nir": shown_nir}            {{ patient.nir|nir }}
    FUNCTIONS = {"record_frame": frame}     {{ record_frame(patient) }}
"""

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import defaultfilters
from django.template.backends.jinja2 import Jinja2, Template
from django.utils.functional import SimpleLazyObject
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext, ngettext, npgettext, pgettext
from jinja2 import Environment

from cuspide.core.pages.addresses import address
from cuspide.core.pages.bytecode import KeptCode
from cuspide.core.pages.worded import WordedEnvironment, words_of

_HIDDEN = '<input type="hidden" name="csrfmiddlewaretoken" value="{}">'


def _date(value: Any, form: str) -> Any:
    return defaultfilters.date(localtime(value) if isinstance(value, dt.datetime) else value, form)


_DJANGO_FILTERS: dict[str, Callable[..., Any]] = {
    "date": _date,
    "capfirst": defaultfilters.capfirst,
    "linebreaksbr": defaultfilters.linebreaksbr,
    "yesno": defaultfilters.yesno,
}


class Engine(Jinja2):
    """Django's backend for Jinja2, whose pages are markup and whose views have the last word on a name.

    Each language has its own environment, in which the templates say what they say in it.
    """

    @property
    def env(self) -> Environment:
        return self._of_language.get(get_language() or "", self._of_none)

    @env.setter
    def env(self, made: Environment) -> None:
        # What `environment` made, when the first template was asked for.
        assert isinstance(made, WordedEnvironment)
        self._of_none = made
        self._of_language = {code: _worded(made, code) for code, _name in settings.LANGUAGES}

    def get_template(self, template_name: str) -> "Page":
        return Page(super().get_template(template_name).template, self)

    def from_string(self, template_code: str) -> "Page":
        return Page(super().from_string(template_code).template, self)


class Page(Template):
    """A template of this engine."""

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> SafeString:
        """What the template makes of `context`, which is left as it is."""
        known: dict[str, Any] = {}
        if request is not None:
            known = {"request": request, **csrf_of(request)}
            for processor in self.backend.template_context_processors:
                known.update(processor(request))
        return SafeString(self.template.render({**known, **(context or {})}))


def csrf_of(request: HttpRequest) -> dict[str, Any]:
    """What every form of a page carries, made when the first one asks: a page without a form sets no cookie."""
    token = SimpleLazyObject(lambda: get_token(request))
    return {"csrf_token": token, "csrf_input": SimpleLazyObject(lambda: format_html(_HIDDEN, token))}


def environment(**options: Any) -> WordedEnvironment:
    """The environment that Django's backend asks for; `options` are Jinja2's. ValueError: two rooms use one name."""
    options |= {"keep_trailing_newline": True, "cache_size": -1}
    del options["autoescape"]
    made = WordedEnvironment(autoescape=True, extensions=["jinja2.ext.i18n"], **options)
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the extension adds it
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    # `_("100 %")` is words, not a pattern; `{% trans %}` fills patterns.
    made.globals.update({"_": gettext, "url": address, "current_language": get_language})
    made.filters.update(_DJANGO_FILTERS)
    for room in settings.ROOMS:
        module = f"{room}.templating"
        if find_spec(module) is not None:
            tools = import_module(module)
            _add(made.filters, getattr(tools, "FILTERS", {}), module)
            _add(made.globals, getattr(tools, "FUNCTIONS", {}), module)
    return made


def _worded(made: WordedEnvironment, language: str) -> WordedEnvironment:
    checked = "" if made.finalize is None else ".checked"
    return made.in_language(language, bytecode_cache=KeptCode(f".{language}{checked}", words_of(language)))


def _add(known: Any, more: dict[str, Callable[..., Any]], module: str) -> None:
    for name, tool in more.items():
        if name in known:
            raise ValueError(f"{module}: {name} is taken")
        known[name] = tool
