"""`{% load patients %}`: the frame of a record, and names as they are shown."""

from decimal import Decimal

from django import template
from django.template.context import Context

from cuspide.patients import banner
from cuspide.patients.models import Alert, Patient
from cuspide.patients.rules.identity import shown_nir

register = template.Library()


@register.simple_tag(takes_context=True)
def record_frame(context: Context, patient: Patient) -> banner.Frame:
    """Banner, tabs and actions of a patient's record for the person who looks at it."""
    return banner.frame(context["request"], patient)


@register.filter
def born(patient: Patient) -> str:
    """`née le 07/03/1984`."""
    return banner.born(patient)


@register.filter
def birth_day(patient: Patient) -> str:
    """`07/03/1984`, in English `7 Mar 1984`."""
    return banner.birth_day(patient)


@register.filter
def alert_words(alert: Alert) -> str:
    """`Allergie : Pénicilline`."""
    return banner.alert_words(alert)


@register.filter
def at_birth(patient: Patient) -> str:
    """`née DUBOIS Léonie`."""
    return banner.at_birth(patient)


@register.filter
def nir(number: str) -> str:
    """A NIR as it is printed, in groups."""
    return shown_nir(number)


@register.filter
def percent(rate: Decimal | None) -> str:
    """`125 %`; nothing is an empty text."""
    return "" if rate is None else f"{int(rate * 100)}\u00a0%"
