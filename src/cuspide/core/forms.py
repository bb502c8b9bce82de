"""Form fields of the ground floor: amounts, days, hours and months as people type them.

Not the browser's own date and time controls: they show the order of the workstation's language, where that is not
French 03/04 would be read as the fourth of March, and a day cannot be typed in them in one go.
"""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import formats
from django.utils.translation import gettext_lazy as _

from cuspide.core import clock
from cuspide.core.money import CENT
from cuspide.formats import dates
from cuspide.formats.errors import FormatError

_SPACES = re.compile(r"[\s\u00a0\u202f]")


class EurosField(forms.CharField):
    """An amount as people type it: `1 234,56`, `1234.56`, `12 €`. Cleans to a Decimal with two places."""

    default_error_messages = {
        "amount": _("Write an amount in euros, such as 1234,56."),
        "cents": _("An amount has at most two decimals."),
        "size": _("This amount is too large."),
        "negative": _("An amount cannot be negative here."),
    }

    def __init__(self, *, allow_negative: bool = False, **kwargs: Any) -> None:
        self.allow_negative = allow_negative
        super().__init__(**kwargs)
        self.widget.attrs.setdefault("inputmode", "decimal")

    def prepare_value(self, value: Any) -> Any:
        """With the comma in French and the point in English, as the page writes its amounts."""
        return formats.localize_input(value) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Any:
        text = _SPACES.sub("", super().clean(value) or "").replace("€", "").replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"-?\d{1,18}(\.\d*)?", text, flags=re.ASCII):
            raise ValidationError(self.error_messages["amount"], code="amount")
        try:
            amount = Decimal(text)
        except InvalidOperation as error:
            raise ValidationError(self.error_messages["amount"], code="amount") from error
        if amount != amount.quantize(CENT):
            raise ValidationError(self.error_messages["cents"], code="cents")
        if abs(amount) > Decimal(10_000_000):
            raise ValidationError(self.error_messages["size"], code="size")
        if amount < 0 and not self.allow_negative:
            raise ValidationError(self.error_messages["negative"], code="negative")
        return amount.quantize(CENT)


_SENTENCES = {
    "day.form": _("Write a day such as 22/11/2026."),
    "day.calendar": _("The calendar does not have this day."),
    "day.year": _("This year is not between 1850 and 2200."),
    "month.form": _("Write a month such as 11/2026."),
    "hour.form": _("Write an hour such as 9:30 or 14h05."),
    "hour.clock": _("No clock shows this hour."),
}


class DayInput(forms.DateInput):
    """A day shown 22/11/2026, with a calendar to choose it from where scripts run.

    `data-first` and `data-last` (YYYY-MM-DD) in `attrs` bound what the calendar offers.
    """

    template_name = "core/forms/day.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"data-module": "day", "inputmode": "numeric", "maxlength": dates.LONGEST, "autocomplete": "off"}
        super().__init__({**usual, "placeholder": _("dd/mm/yyyy"), **(attrs or {})}, format="%d/%m/%Y")

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        # The day of the practice, not that of the workstation.
        return super().get_context(name, value, {"data-today": clock.today().isoformat(), **(attrs or {})})


class HourInput(forms.TimeInput):
    """A time shown 09:30; `data-step` in `attrs` is what an arrow key adds, in minutes."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"data-module": "hour", "maxlength": dates.LONGEST, "autocomplete": "off"}
        super().__init__({**usual, "placeholder": _("hh:mm"), **(attrs or {})}, format="%H:%M")


class MonthInput(forms.DateInput):
    """A month shown 11/2026."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        usual = {"data-module": "month", "inputmode": "numeric", "maxlength": dates.LONGEST, "autocomplete": "off"}
        super().__init__({**usual, "placeholder": _("mm/yyyy"), **(attrs or {})}, format="%m/%Y")


class _TypedField(forms.Field):
    """What is typed is read by `read`; what cannot be read is refused in words and shown again as it was typed."""

    read: Callable[[str], Any]

    def to_python(self, value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date | dt.time):
            return value
        text = str(value or "")
        if not text.strip():
            return None
        try:
            return type(self).read(text)
        except FormatError as error:
            raise ValidationError(_SENTENCES[error.code], code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """What can be read is written as it is always written, whatever it was typed like."""
        try:
            return self.to_python(value)
        except ValidationError:
            return value


class DayField(_TypedField, forms.DateField):
    """A day, typed `22/11/2026`, `22 11 26`, `221126`… (formats.dates.read_day). Cleans to a date."""

    widget = DayInput
    read = staticmethod(dates.read_day)


class HourField(_TypedField, forms.TimeField):
    """A time of day, typed `9h30`, `930`, `09:30`… (formats.dates.read_hour). Cleans to a time."""

    widget = HourInput
    read = staticmethod(dates.read_hour)


class MonthField(_TypedField, forms.DateField):
    """A month, typed `11/2026`, `1126`… (formats.dates.read_month). Cleans to its first day."""

    widget = MonthInput
    read = staticmethod(dates.read_month)


def asked(field: forms.Field, text: str) -> tuple[Any, str]:
    """What an address asks for in one of the fields above, and what is wrong with it ("" when nothing is)."""
    try:
        return field.clean(text[:1000]), ""
    except ValidationError as refused:
        return None, str(refused.messages[0])
