"""Every read of the patients' room."""

from cuspide.patients.selectors.coverage import AmcAt, AmoAt, CoverageAt, ExemptionAt, coverage_at
from cuspide.patients.selectors.duplicates import possible_duplicates
from cuspide.patients.selectors.record import (
    AlertState,
    ContactsNow,
    CoverageNow,
    alert_state,
    alert_statements,
    alert_states,
    contacts_of,
    coverage_history,
    coverage_now,
    ended_alerts,
    housemates,
    patient_by_uuid,
    submission,
)
from cuspide.patients.selectors.search import (
    Found,
    count_patients,
    find_patients,
    first_phones,
    newest_patients,
    search_patients,
)

__all__ = [
    "AlertState",
    "AmcAt",
    "AmoAt",
    "ContactsNow",
    "CoverageAt",
    "CoverageNow",
    "ExemptionAt",
    "Found",
    "alert_state",
    "alert_statements",
    "alert_states",
    "contacts_of",
    "count_patients",
    "coverage_at",
    "coverage_history",
    "coverage_now",
    "ended_alerts",
    "find_patients",
    "first_phones",
    "housemates",
    "newest_patients",
    "patient_by_uuid",
    "possible_duplicates",
    "search_patients",
    "submission",
]
