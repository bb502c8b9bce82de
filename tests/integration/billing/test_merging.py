"""Money of two records that are made one."""

from collections.abc import Callable
from typing import Any

import pytest

from cuspide.billing.models import Invoice
from cuspide.care.models import Act
from cuspide.core.actor import Actor
from cuspide.patients.rules.merging import proposed
from cuspide.patients.services import merging

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("test")


def test_an_issued_invoice_comes_along_and_keeps_the_words_it_was_issued_with(
    make_patient: Callable[..., Any], make_invoice: Callable[..., Any]
) -> None:
    kept = make_patient(birth_name="DURAND", birth_date="07/03/1984")
    lost = make_patient(birth_name="DURANT", birth_date="07/03/1984")
    invoice = make_invoice(lost)
    for one in (kept, lost):
        one.refresh_from_db()
    before = {field.attname: getattr(invoice, field.attname) for field in Invoice._meta.concrete_fields}
    done = merging.merge(
        SYSTEM, kept, lost, choices=proposed(kept, lost), reason="Faute de frappe", sure=True,
        versions=(kept.version, lost.version),
    )  # fmt: skip
    after = Invoice.objects.get(pk=invoice.pk)
    assert after.patient == kept
    assert Act.objects.get().patient == kept
    changed = {name for name, value in before.items() if getattr(after, name) != value}
    assert changed == {"patient_id"}
    assert "DURANT" in str(after.parties)
    assert "DURAND" not in str(after.parties)
    merging.undo(SYSTEM, done)
    assert Invoice.objects.get(pk=invoice.pk).patient == lost
