"""One look for every form field: label, control, help, errors, tied together for those who hear the page."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest

WIDEST = 6


class Renderer(TemplatesSetting):
    """`{{ form }}` and `{{ form.nir.as_field_group() }}` give what `field(…)` gives."""

    form_template_name = "core/forms/form.html"
    field_template_name = "core/forms/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        # Django calls the field `field`, which in a template is what draws one.
        told = field_context(context["field"]) if template_name == self.field_template_name else context
        return super().render(template_name, told, request)


def kind(widget: forms.Widget) -> str:
    """How a widget is laid out: `line` (label above), `check` (label beside), `radios` or `checks` (a list)."""
    if isinstance(widget, forms.CheckboxSelectMultiple):
        return "checks"
    if isinstance(widget, forms.RadioSelect):
        return "radios"
    if isinstance(widget, forms.CheckboxInput):
        return "check"
    return "line"


def described_by(bound: BoundField) -> str:
    """Ids of the help and of the errors, for `aria-describedby`."""
    name = bound.auto_id or bound.html_name
    ids = []
    if bound.help_text:
        ids.append(f"{name}_help")
    if bound.errors:
        ids.append(f"{name}_error")
    return " ".join(ids)


def attributes(bound: BoundField) -> dict[str, Any]:
    """Attributes of the control that follow from its field; those given to the widget come first."""
    widget, given = bound.field.widget, bound.field.widget.attrs
    found: dict[str, Any] = {}
    if kind(widget) == "line" and not isinstance(widget, forms.MultiWidget):
        found["class"] = " ".join(dict.fromkeys(["input", *str(given.get("class", "")).split()]))
    if isinstance(widget, forms.TextInput | forms.Textarea) and "autocomplete" not in given:
        # The workstation is shared: its browser does not remember patients.
        found["autocomplete"] = "off"
    if "inputmode" not in given:
        if isinstance(bound.field, forms.DecimalField):
            found["inputmode"] = "decimal"
        elif isinstance(bound.field, forms.IntegerField):
            found["inputmode"] = "numeric"
    # An empty value silences what Django would add under names of its own.
    described = described_by(bound)
    if described and "aria-describedby" not in given:
        found["aria-describedby"] = described
    if bound.errors:
        found["aria-invalid"] = "true"
    return found


def field_context(bound: BoundField, width: int | None = None, label: str | None = None) -> dict[str, Any]:
    """What `core/forms/field.html` needs to show a bound field `width` sixths wide."""
    if width is not None and not 1 <= width <= WIDEST:
        raise ValueError(f"a field is 1 to {WIDEST} sixths wide, not {width}")
    layout = kind(bound.field.widget)
    choices = []
    if layout in ("radios", "checks"):
        choices = [
            choice
            for choice in bound.subwidgets
            if not (choice.data["value"] in ("", None) and not bound.field.required and layout == "checks")
        ]
    return {
        "bound": bound,
        "layout": layout,
        "control": bound.as_widget(attrs=attributes(bound)),
        "choices": choices,
        "side_by_side": layout == "radios" and len(choices) <= 5,
        "width": width,
        "label": label or bound.label,
        "name": bound.auto_id or bound.html_name,
        "described": described_by(bound),
    }
