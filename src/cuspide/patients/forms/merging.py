from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.core.pages.conflict import EditForm


class OtherRecordForm(EditForm):
    number = forms.IntegerField(label=_("Number of the other record"), min_value=1, max_value=2**62)


class MergeForm(EditForm):
    reason = forms.CharField(
        label=_("Why the two records are one person"),
        max_length=200,
        help_text=_("Stands beside the merge, where it is undone."),
    )
    sure = forms.BooleanField(label=_("I looked: it is one person"), required=False)
    kept_version = forms.IntegerField(widget=forms.HiddenInput)
    lost_version = forms.IntegerField(widget=forms.HiddenInput)
