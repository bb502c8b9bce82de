"""What every template may use. Listed in frontend/README.md."""

import uuid
from functools import lru_cache
from typing import Any

from django.forms import BaseForm, DateInput
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.utils import formats
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from jinja2 import pass_context
from jinja2.runtime import Context

from cuspide.core.forms import DayField, DayInput, MonthField, MonthInput
from cuspide.core.pages import assets, fields, typography


def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: an ornament, or with a label something that is read out."""
    address = f"{assets.built().icons}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return _ornament(address)


@lru_cache(maxsize=512)
def _ornament(address: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


def icons_address() -> str:
    """The address of the sprite, for scripts."""
    return assets.built().icons


def vite(entry: str) -> SafeString:
    """Styles and script of a built entry."""
    return _links(assets.built().entry(entry))


@lru_cache
def _links(entry: assets.Entry) -> SafeString:
    return SafeString(
        format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in entry.styles))
        + format_html_join("", '<link rel="modulepreload" href="{}">', ((module,) for module in entry.modules))
        + format_html('<script type="module" src="{}"></script>', entry.script)
    )


def early() -> SafeString:
    """What the browser should fetch before it has read the styles: the font; and the mark of the tab."""
    font = assets.built().font
    preload = (
        format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', font) if font else ""
    )
    return format_html('{}<link rel="icon" type="image/svg+xml" href="{}">', preload, assets.built().mark)


@pass_context
def submission_key(context: Context) -> SafeString:
    """The name of this sending of the form, so that sending it twice makes one record (core.submissions).

    A form that comes back with errors keeps the name it was sent with.
    """
    request = context.get("request")
    posted = request.POST.get("submission", "") if request is not None and request.method == "POST" else ""
    try:
        key = uuid.UUID(posted)
    except ValueError:
        key = uuid.uuid4()
    # Off: a browser that restores what a page held would send the key of a form that has made its record.
    return format_html('<input type="hidden" name="submission" value="{}" autocomplete="off">', key)


def field(bound: BoundField, width: int | None = None, label: str | None = None) -> SafeString:
    """A form field with its label, help and errors; `width` in sixths of `.fields`."""
    return render_to_string("core/forms/field.html", fields.field_context(bound, width, label))


def day_input(name: str, value: Any, error: str = "", **attrs: Any) -> SafeString:
    """The control of a day that is in no form: `{{ day_input("day", anchor, id="go-day", first=…, last=…) }}`.

    `value` is a day, or what was typed; `first` and `last` bound the calendar; `error` says what is wrong with it.
    """
    return _control(DayInput(_attributes(name, attrs)), name, DayField().prepare_value(value), error)


def month_input(name: str, value: Any, error: str = "", **attrs: Any) -> SafeString:
    """The control of a month that is in no form, as `day_input`."""
    return _control(MonthInput(_attributes(name, attrs)), name, MonthField().prepare_value(value), error)


def _attributes(name: str, given: dict[str, Any]) -> dict[str, Any]:
    bounds = {f"data-{end}": f"{given.pop(end):%Y-%m-%d}" for end in ("first", "last") if end in given}
    return {"class": "input", "id": f"id_{name}", **given, **bounds}


def _control(widget: DateInput, name: str, value: Any, error: str) -> SafeString:
    place = f"{widget.attrs['id']}_error"
    attrs = {"aria-invalid": "true", "aria-describedby": place} if error else {}
    shown = SafeString(widget.render(name, value, attrs))
    return shown + (format_html('<p class="error" id="{}">{}</p>', place, error) if error else SafeString(""))


def form_errors(form: BaseForm) -> SafeString:
    """The errors of a form: those of no field in words, those of fields as links to them."""
    faulty = [form[name] for name in form.errors if name in form.fields and not form[name].is_hidden]
    hidden = [
        error for name in form.errors if name in form.fields and form[name].is_hidden for error in form.errors[name]
    ]
    told = {"form": form, "general": [*form.non_field_errors(), *hidden], "faulty": faulty}
    return render_to_string("core/forms/errors.html", told)


@pass_context
def page_address(context: Context, number: int) -> str:
    """The address of this page with another `page`; the other parameters stay."""
    request = context["request"]
    parameters = request.GET.copy()
    parameters["page"] = str(number)
    return f"?{parameters.urlencode()}"


FILTERS = {
    "day": typography.day,
    "day_long": typography.day_long,
    "hour": typography.hour,
    "moment": typography.moment,
    "euros": typography.euros,
    "number": typography.number,
    "file_size": typography.file_size,
    "age": typography.age,
    # 52,00 where it is typed: without the sign and the spaces of a price.
    "typed": formats.localize,
}
FUNCTIONS = {
    "icon": icon,
    "icons_address": icons_address,
    "vite": vite,
    "early": early,
    "submission_key": submission_key,
    "field": field,
    "day_input": day_input,
    "month_input": month_input,
    "form_errors": form_errors,
    "page_address": page_address,
}
