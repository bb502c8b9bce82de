"""What another program recorded of a patient before."""

from django.core.paginator import Page, Paginator
from django.db.models import F

from cuspide.care.models import EarlierAct
from cuspide.patients.models import Patient

EARLIER_A_PAGE = 50


def earlier_count(patient: Patient) -> int:
    """How many there are. One query."""
    return EarlierAct.objects.filter(patient=patient).count()


def earlier_acts(patient: Patient, number: int = 1) -> Page[EarlierAct]:
    """Acts of another program, latest first, 50 a page. Two queries."""
    rows = EarlierAct.objects.filter(patient=patient).order_by(F("day").desc(nulls_last=True), "-pk")
    return Paginator(rows, EARLIER_A_PAGE).get_page(number)
