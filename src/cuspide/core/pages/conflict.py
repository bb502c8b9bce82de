"""Two people edited one record: what each typed stands side by side, and the second chooses, field by field.

A page that edits shows an `EditForm` with `{{ form.base_inputs() }}`; when its service raises EditConflict, it shows
`conflict_rows` by `core/conflict.html`, and reads what comes back through `resolved`.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from cuspide.core.errors import FieldErrors

MINE, THEIRS = "mine", "theirs"


def plain(value: Any) -> str:
    """A value as its form field sends it: what two editors typed is compared as text."""
    if value is None or value is False:
        return ""
    if value is True:
        return "on"
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return str(value).strip().replace("\r\n", "\n")


class EditForm(forms.Form):
    """A form that knows what it was opened with (`base-…`), so that two editors can be told apart."""

    def base_inputs(self) -> SafeString:
        """Hidden inputs with the values that the store held when the form was opened."""
        return format_html_join(
            "", '<input type="hidden" name="base-{}" value="{}">', ((n, self._opened_with(n)) for n in self.fields)
        )

    def _opened_with(self, name: str) -> str:
        if self.is_bound and f"base-{name}" in self.data:
            return str(self.data[f"base-{name}"])
        return plain(self.get_initial_for_field(self.fields[name], name))

    def base(self, name: str) -> str:
        """What the field held when the form was opened, as it was sent back."""
        return plain(self.data.get(f"base-{name}", ""))

    def mine(self, name: str) -> str:
        """What was typed in the field."""
        return plain(self[name].value())

    def theirs(self, values: Mapping[str, Any], name: str) -> str:
        """What the field would hold for these values of the store."""
        return plain(values.get(name))

    def shown(self, name: str, text: str) -> str:
        """A field's text for reading: the label of a choice, a day as it is written here, yes or no."""
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            return str(dict(field.choices).get(text, text))  # type: ignore[arg-type]
        return text

    def refuse(self, refused: FieldErrors) -> "Iterator[str]":
        """Put a service's refusals on their fields; those of fields that are not here come back."""
        for name, sentence in refused.errors.items():
            if name in self.fields:
                self.add_error(name, sentence)
            else:
                yield name

    def hidden(self) -> SafeString:
        """All fields as hidden inputs, with what was typed."""
        inputs = []
        for name in self.fields:
            text = self.mine(name)
            if text or not isinstance(self.fields[name], forms.BooleanField):
                inputs.append(format_html('<input type="hidden" name="{}" value="{}">', name, text))
        return SafeString("".join(inputs))


@dataclass(frozen=True)
class Row:
    """A field that somebody else changed meanwhile. `chosen` is proposed when the second editor left it alone."""

    name: str
    label: str
    mine: str
    theirs: str
    theirs_value: str
    chosen: str


def conflict_rows(form: EditForm, held: Mapping[str, Any]) -> list[Row]:
    """The fields whose value in the store is neither what the form was opened with nor what was typed.

    Fields that only the second editor changed are not asked: her value stands.
    """
    rows = []
    for name, field in form.fields.items():
        theirs, mine, base = form.theirs(held, name), form.mine(name), form.base(name)
        if name not in held or theirs in (base, mine):
            continue
        rows.append(
            Row(
                name=name,
                label=str(field.label),
                mine=form.shown(name, mine),
                theirs=form.shown(name, theirs),
                theirs_value=theirs,
                chosen=THEIRS if mine == base else "",
            )
        )
    return rows


def resolved(posted: QueryDict) -> QueryDict:
    """The form's data after the choices of the conflict page: where theirs was chosen, theirs stands."""
    data = posted.copy()
    for key in posted:
        if key.startswith("choose-") and posted[key] == THEIRS:
            name = key.removeprefix("choose-")
            data[name] = posted.get(f"theirs-{name}", "")
    return data


def bases(form: EditForm, held: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What the form counts as opened with from now on: what the store holds."""
    return [(name, form.theirs(held, name)) for name in form.fields]
