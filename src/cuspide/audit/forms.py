"""Forms of the trace."""

from django import forms
from django.utils.translation import gettext_lazy as _

from cuspide.audit.retention import FEWEST_MONTHS, MOST_MONTHS


class KeepingForm(forms.Form):
    """For how long details are kept."""

    months = forms.IntegerField(
        label=_("Keep details for (months)"),
        min_value=FEWEST_MONTHS,
        max_value=MOST_MONTHS,
        help_text=_(
            "CNIL (deliberation 2021-122) asks for six months to one year; longer, up to three years, only where a "
            "risk that you wrote down needs it."
        ),
    )
