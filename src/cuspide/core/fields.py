"""Model fields for money and rates. Decimals on SQLite are floats, so both are integers in the store."""

from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable
from django.utils.translation import gettext_lazy as _

from cuspide.core.money import CENT, from_cents, to_cents

_RATE_SCALE = 10_000


class MoneyField(models.BigIntegerField):
    """Euros: integer cents in the store, `Decimal` with two places in Python.

    In a query the value is a Decimal of euros (`filter(fee__gt=Decimal("10"))`); in `Sum("fee")` and in `F`
    arithmetic both sides are cents, and a Sum keeps this field, so its result is a Decimal again.
    """

    description = _("Amount in euros")

    # What the type checker takes this field to hold (django-stubs).
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_args: Any) -> Decimal | None:
        return None if value is None else from_cents(int(value))

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        return to_cents(value)

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        try:
            return from_cents(to_cents(str(value)))
        except (ArithmeticError, ValueError) as error:
            raise ValidationError(_("This is not an amount in euros.")) from error

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else str(value)

    def formfield(self, **kwargs: Any) -> Any:
        from cuspide.core.forms import EurosField

        kwargs.pop("min_value", None)
        kwargs.pop("max_value", None)
        return models.Field.formfield(self, form_class=EurosField, **kwargs)


class RateField(models.IntegerField):
    """A rate as a `Decimal` fraction (0.6 is 60 %): integer per ten thousand in the store."""

    description = _("Rate")

    # What the type checker takes this field to hold (django-stubs).
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]

    def from_db_value(self, value: int | None, *_args: Any) -> Decimal | None:
        return None if value is None else Decimal(int(value)) / _RATE_SCALE

    def get_prep_value(self, value: Any) -> Any:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        if isinstance(value, float):
            raise TypeError("a rate is never a float")
        scaled = Decimal(value) * _RATE_SCALE
        if scaled != scaled.to_integral_value():
            raise ValueError(f"{value} is finer than one per ten thousand")
        return int(scaled)

    def to_python(self, value: Any) -> Decimal | None:
        return None if value is None else Decimal(str(value))


__all__ = ["CENT", "MoneyField", "RateField"]
