"""Forms of the import's pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cuspide.portability import places
from cuspide.portability.models import Import
from cuspide.portability.rules.fields import FIELDS
from cuspide.practice.models import Site

PIECE = 2_000_000
"""Bytes of a file in one request; a browser with scripts sends a larger file in several."""


class FileForm(forms.Form):
    """The file, and where it comes from."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(
            "CSV or XLSX with one line a patient; an address book (vCard); FHIR patients; a dump of Open Dental."
        ),
        max_length=200,
    )
    source = forms.CharField(
        label=_("Program it comes from"),
        max_length=60,
        required=False,
        help_text=_("Always the same name: by it and its record numbers patients are known again."),
    )


class ColumnsForm(forms.Form):
    """What each column means; the fields are `column_0`, `column_1`…, because a column's name may be anything."""

    def __init__(self, of: Import, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        self.of = of
        choices = [("", pgettext_lazy("column", "Leave out")), *FIELDS.items()]
        for place, name in enumerate(of.header):
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=name,
                choices=choices,
                required=False,
                initial=of.mapping.get(name, ""),
                widget=forms.Select(attrs={"class": "input"}),
            )
        self.fields["source"] = forms.CharField(
            label=_("Program it comes from"), max_length=60, required=False, initial=of.source
        )
        self._add_places()
        sites = Site.objects.order_by("name")
        if len(sites) > 1:
            self.fields["site"] = forms.ModelChoiceField(
                label=_("Site where they are followed"), queryset=sites, initial=of.site_id
            )

    def _add_places(self) -> None:
        """A field for each chair, provider and type that appointments of the file name: `place_operatory_0`…"""
        self.places: dict[str, tuple[str, str]] = {}
        named = places.there(self.of)
        known = places.Known.read() if named else places.Known()
        for kind, names in named.items():
            choices = [("", pgettext_lazy("column", "Leave out")), *known.choices(kind)]
            for place, (number, name) in enumerate(names.items()):
                field = f"place_{kind}_{place}"
                self.places[field] = (kind, number)
                self.fields[field] = forms.ChoiceField(
                    label=name or places.NONE_THERE,
                    choices=choices,
                    required=False,
                    initial=self.of.places.get(kind, {}).get(number, ""),
                    widget=forms.Select(attrs={"class": "input"}),
                )

    @property
    def given_places(self) -> places.Places:
        """Kind to number there to uuid here, of a form that was sent."""
        found: places.Places = {}
        for field, (kind, number) in self.places.items():
            found.setdefault(kind, {})[number] = self.cleaned_data.get(field, "")
        return found

    @property
    def mapping(self) -> dict[str, str]:
        """Column to field, of a form that was sent."""
        found = {name: self.cleaned_data.get(f"column_{place}", "") for place, name in enumerate(self.of.header)}
        return {name: meant for name, meant in found.items() if meant}
