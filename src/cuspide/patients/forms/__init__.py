"""Forms of the patients' room. What a field means is decided by the rules; the forms hold labels, order and hints."""

from cuspide.core.pages.conflict import EditForm
from cuspide.patients.forms.alerts import AlertForm, EndAlertForm, MayBeGivenForm, ToldAlertForm
from cuspide.patients.forms.consents import ConsentForm, VoidConsentForm
from cuspide.patients.forms.contacts import ContactsForm
from cuspide.patients.forms.correspondents import CorrespondentForm
from cuspide.patients.forms.coverage import CoverageForm, EndExemptionForm, ExemptionForm, FirstRightsForm
from cuspide.patients.forms.identity import HouseholdForm, IdentityForm
from cuspide.patients.forms.people import PERSON_FORMS, EndPersonForm

__all__ = [
    "PERSON_FORMS",
    "AlertForm",
    "ConsentForm",
    "ContactsForm",
    "CorrespondentForm",
    "CoverageForm",
    "EditForm",
    "EndAlertForm",
    "EndExemptionForm",
    "EndPersonForm",
    "ExemptionForm",
    "FirstRightsForm",
    "HouseholdForm",
    "IdentityForm",
    "MayBeGivenForm",
    "ToldAlertForm",
    "VoidConsentForm",
]
