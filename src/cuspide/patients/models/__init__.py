"""Tables of the patients' room."""

from cuspide.patients.models.alerts import Alert, AlertStatement
from cuspide.patients.models.consents import ConsentStatement
from cuspide.patients.models.contacts import Address, ContactPoint
from cuspide.patients.models.correspondents import Correspondent, CorrespondentLink
from cuspide.patients.models.coverage import AmcCoverage, AmoCoverage, AmoExemption
from cuspide.patients.models.duplicates import DuplicateSearch, PossibleDuplicate
from cuspide.patients.models.following import Following
from cuspide.patients.models.identity import Household, Patient, RecordNumber
from cuspide.patients.models.merging import Merge, MergeStep
from cuspide.patients.models.people import RelatedPerson
from cuspide.patients.models.search import Posting, TokenDeletion, TokenEnding

__all__ = [
    "Address",
    "Alert",
    "AlertStatement",
    "AmcCoverage",
    "AmoCoverage",
    "AmoExemption",
    "ConsentStatement",
    "ContactPoint",
    "Correspondent",
    "CorrespondentLink",
    "DuplicateSearch",
    "Following",
    "Household",
    "Merge",
    "MergeStep",
    "Patient",
    "PossibleDuplicate",
    "Posting",
    "RecordNumber",
    "RelatedPerson",
    "TokenDeletion",
    "TokenEnding",
]
