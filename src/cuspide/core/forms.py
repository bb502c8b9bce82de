"""Form fields of the ground floor."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from cuspide.core.money import CENT

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
        return str(value).replace(".", ",") if isinstance(value, Decimal) else value

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
