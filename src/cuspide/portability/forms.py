"""Forms of the import's pages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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
        sites = Site.objects.order_by("name")
        if len(sites) > 1:
            self.fields["site"] = forms.ModelChoiceField(
                label=_("Site where they are followed"), queryset=sites, initial=of.site_id
            )

    @property
    def mapping(self) -> dict[str, str]:
        """Column to field, of a form that was sent."""
        found = {name: self.cleaned_data.get(f"column_{place}", "") for place, name in enumerate(self.of.header)}
        return {name: meant for name, meant in found.items() if meant}
