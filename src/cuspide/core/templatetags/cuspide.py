"""`{% load cuspide %}`: what every template may use. Listed in frontend/README.md."""

import uuid
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BaseForm, DateInput
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cuspide.core.forms import DayField, DayInput, MonthField, MonthInput
from cuspide.core.pages import assets, fields, typography

register = template.Library()

register.filter("day", typography.day)
register.filter("day_long", typography.day_long)
register.filter("hour", typography.hour)
register.filter("moment", typography.moment)
register.filter("euros", typography.euros)
register.filter("number", typography.number)
register.filter("age", typography.age)


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """An icon of the sprite: an ornament, or with a label something that is read out."""
    address = f"{assets.icons()}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return _ornament(address)


@lru_cache(maxsize=512)
def _ornament(address: str) -> SafeString:
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)


@register.simple_tag
def icons_address() -> str:
    """The address of the sprite, for scripts."""
    return assets.icons()


@register.simple_tag
def vite(entry: str) -> SafeString:
    """Styles and script of a built entry."""
    styles, modules, script = assets.entry(entry)
    return SafeString(
        format_html_join("", '<link rel="stylesheet" href="{}">', ((sheet,) for sheet in styles))
        + format_html_join("", '<link rel="modulepreload" href="{}">', ((module,) for module in modules))
        + format_html('<script type="module" src="{}"></script>', script)
    )


@register.simple_tag
def early() -> SafeString:
    """What the browser should fetch before it has read the styles: the font; and the mark of the tab."""
    font = assets.font()
    preload = (
        format_html('<link rel="preload" href="{}" as="font" type="font/woff2" crossorigin>', font) if font else ""
    )
    return format_html('{}<link rel="icon" type="image/svg+xml" href="{}">', preload, assets.mark())


@register.simple_tag(takes_context=True)
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


@register.inclusion_tag("core/forms/field.html")
def field(bound: BoundField, width: int | None = None, label: str | None = None) -> dict[str, Any]:
    """A form field with its label, help and errors; `width` in sixths of `.fields`."""
    return fields.field_context(bound, width, label)


@register.simple_tag
def day_input(name: str, value: Any, error: str = "", **attrs: Any) -> SafeString:
    """The control of a day that is in no form: `{% day_input "day" anchor id="go-day" first=… last=… error=… %}`.

    `value` is a day, or what was typed; `first` and `last` bound the calendar; `error` says what is wrong with it.
    """
    return _control(DayInput(_attributes(name, attrs)), name, DayField().prepare_value(value), error)


@register.simple_tag
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


@register.inclusion_tag("core/forms/errors.html")
def form_errors(form: BaseForm) -> dict[str, Any]:
    """The errors of a form: those of no field in words, those of fields as links to them."""
    faulty = [form[name] for name in form.errors if name in form.fields and not form[name].is_hidden]
    hidden = [
        error for name in form.errors if name in form.fields and form[name].is_hidden for error in form.errors[name]
    ]
    return {"form": form, "general": [*form.non_field_errors(), *hidden], "faulty": faulty}


@register.simple_tag(takes_context=True)
def page_address(context: Context, number: int) -> str:
    """The address of this page with another `page`; the other parameters stay."""
    request = context["request"]
    parameters = request.GET.copy()
    parameters["page"] = str(number)
    return f"?{parameters.urlencode()}"
