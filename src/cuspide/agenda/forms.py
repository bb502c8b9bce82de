"""What the desk types: a booking, a move, a call-off. Everything is named by uuid, hours are those of the wall."""

import datetime as dt
import uuid
from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.agenda import rules
from cuspide.agenda.models import Appointment, AppointmentType, CancelledBy
from cuspide.core import clock
from cuspide.core.errors import DomainError, FieldErrors
from cuspide.core.forms import DayField, DayInput, HourField, HourInput
from cuspide.practice.models import Chair, Practitioner, Site

_DAY = DayInput({"data-first": f"{rules.FIRST_YEAR}-01-01", "data-last": f"{rules.LAST_YEAR}-12-31"})
_TIME = HourInput({"data-step": rules.STEP})


class PlaceForm(forms.Form):
    """Where and when: a chair of the site, a practitioner, a wall-clock time and a duration."""

    day = DayField(label=_("Day"), widget=_DAY)
    time = HourField(label=_("Time"), widget=_TIME)
    minutes = forms.IntegerField(
        label=_("Duration"),
        min_value=rules.STEP,
        max_value=rules.LONGEST,
        widget=forms.NumberInput(attrs={"step": str(rules.STEP), "inputmode": "numeric"}),
        help_text=_("minutes"),
    )
    chair = forms.ModelChoiceField(label=_("Chair"), queryset=Chair.objects.none(), to_field_name="uuid")
    practitioner = forms.ModelChoiceField(
        label=_("Practitioner"), queryset=Practitioner.objects.none(), to_field_name="uuid"
    )

    def __init__(self, *args: Any, site: Site, whom: Collection[int] | None = None, **kwargs: Any) -> None:
        """`whom` are the practitioners for whom the person works; None for all."""
        super().__init__(*args, **kwargs)
        self.site = site
        chairs, practitioners = self.fields["chair"], self.fields["practitioner"]
        assert isinstance(chairs, forms.ModelChoiceField)
        assert isinstance(practitioners, forms.ModelChoiceField)
        chairs.queryset = Chair.objects.filter(site=site, is_active=True)
        everybody = Practitioner.objects.filter(is_active=True)
        practitioners.queryset = everybody if whom is None else everybody.filter(pk__in=whom)
        chairs.empty_label = practitioners.empty_label = None

    @property
    def confirmed(self) -> list[str]:
        """Codes of the warnings that were read and confirmed."""
        return self.data.getlist("confirm") if hasattr(self.data, "getlist") else []

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, time = cleaned.get("day"), cleaned.get("time")
        if isinstance(day, dt.date) and isinstance(time, dt.time):
            try:
                cleaned["starts_at"] = rules.instant(day, time, clock.zone(self.site.time_zone))
            except FieldErrors as refused:
                self.refuse(refused)
        return cleaned

    def refuse(self, refused: DomainError) -> None:
        """Show a refusal of a service where it belongs."""
        if isinstance(refused, FieldErrors):
            for name, sentence in refused.errors.items():
                self.add_error(name if name in self.fields else None, sentence)
        else:
            self.add_error(None, str(refused))


class BookingForm(PlaceForm):
    """A new appointment, or with `block` time kept free of patients."""

    patient = forms.UUIDField(required=False, widget=forms.HiddenInput)
    type = forms.ModelChoiceField(
        label=_("Type"), queryset=AppointmentType.objects.none(), to_field_name="uuid", required=False
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)
    block = forms.BooleanField(required=False, widget=forms.HiddenInput)

    field_order = ["patient", "type", "minutes", "day", "time", "chair", "practitioner", "note", "block"]

    def __init__(self, *args: Any, site: Site, **kwargs: Any) -> None:
        super().__init__(*args, site=site, **kwargs)
        types = self.fields["type"]
        assert isinstance(types, forms.ModelChoiceField)
        types.queryset = AppointmentType.objects.filter(is_active=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("block"):
            cleaned["patient"] = cleaned["type"] = None
        elif not cleaned.get("patient") and "patient" not in self.errors:
            self.add_error(None, _("Choose the patient."))
        return cleaned


class MoveForm(PlaceForm):
    """Another place for an appointment. Its own hour, sent back unchanged, stays the instant it is."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        self.appointment = appointment
        zone = clock.zone(appointment.site.time_zone)
        wall = appointment.starts_at.astimezone(zone)
        kwargs["initial"] = {
            "day": wall.date(),
            "time": wall.time(),
            "minutes": appointment.minutes,
            "chair": appointment.chair.uuid,
            "practitioner": appointment.practitioner.uuid if appointment.practitioner else None,
            "version": appointment.version,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, site=appointment.site, **kwargs)
        self.fields["practitioner"].required = not appointment.is_blocked_time

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        wall = self.appointment.starts_at.astimezone(clock.zone(self.site.time_zone))
        if (cleaned.get("day"), cleaned.get("time")) == (wall.date(), wall.time()):
            cleaned["starts_at"] = self.appointment.starts_at
        return cleaned


class AmendForm(forms.Form):
    """What an appointment is for."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    type = forms.ModelChoiceField(
        label=_("Type"), queryset=AppointmentType.objects.none(), to_field_name="uuid", required=False
    )
    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Any, appointment: Appointment, **kwargs: Any) -> None:
        kwargs.setdefault(
            "initial",
            {
                "version": appointment.version,
                "type": appointment.type.uuid if appointment.type else None,
                "note": appointment.note,
            },
        )
        super().__init__(*args, **kwargs)
        types = self.fields["type"]
        assert isinstance(types, forms.ModelChoiceField)
        types.queryset = AppointmentType.objects.filter(is_active=True)
        if appointment.is_blocked_time:
            del self.fields["type"]


class CancelForm(forms.Form):
    """Who calls an appointment off, and why."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    by = forms.ChoiceField(
        label=_("Cancelled by"),
        choices=CancelledBy.choices,
        widget=forms.RadioSelect,
        initial=CancelledBy.PATIENT.value,
    )
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


def uuid_or_none(text: str | None) -> uuid.UUID | None:
    """A uuid out of an address; None for anything else."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None
