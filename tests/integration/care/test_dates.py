"""The day of an act or a finding is typed as one likes; what is no day is refused, not taken for none."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from cuspide.care import services
from cuspide.care.models import Finding
from cuspide.core import clock
from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db


def test_the_day_of_a_finding_is_corrected_or_refused_in_words(client_as: Any, actors: Any, patient: Any) -> None:
    finding = services.record_finding(actors.dentist, patient, "16", "caries", surfaces="M")
    client = client_as(Role.DENTIST)
    client.cookies["cuspide_language"] = "fr"
    address = reverse("care:correct_finding", args=[patient.uuid, finding.uuid])
    fields = {"tooth": "16", "surfaces": "M", "kind": "caries", "status": "existing"}
    refused = client.post(address, fields | {"observed_at": "31/02/26"})
    assert refused.status_code == 422
    assert "Cette date n’existe pas dans le calendrier." in refused.text
    assert 'value="31/02/26"' in refused.text
    assert Finding.objects.filter(patient=patient).count() == 1
    day = clock.today() - dt.timedelta(days=40)
    assert client.post(address, fields | {"observed_at": f"{day:%d%m%y}"}).status_code == 303
    assert Finding.objects.filter(patient=patient).latest("pk").observed_at == day


def test_the_day_of_an_act_is_changed_or_refused_in_words(
    client_as: Any, actors: Any, patient: Any, new_act: Any
) -> None:
    act = services.add_act(actors.dentist, patient, new_act("HBLD634", teeth=["11"], done_on=clock.today()))
    client = client_as(Role.DENTIST)
    client.cookies["cuspide_language"] = "fr"
    address = reverse("care:act", args=[patient.uuid, act.uuid])
    page = client.get(address).text
    assert f'value="{clock.today():%d/%m/%Y}"' in page
    fields = {"version": act.version, "teeth": "11", "fee": str(act.fee), "quantity": "1"}
    refused = client.post(address, fields | {"done_on": "hier"})
    assert refused.status_code == 422
    assert "Écrivez une date, par exemple 22/11/2026." in refused.text
    assert 'value="hier"' in refused.text
    day = clock.today() - dt.timedelta(days=3)
    assert client.post(address, fields | {"done_on": f"{day:%d/%m/%y}"}).status_code == 303
    act.refresh_from_db()
    assert act.done_on == day


def test_the_chart_is_shown_on_a_typed_day(client_as: Any, patient: Any) -> None:
    day = clock.today() - dt.timedelta(days=400)
    client = client_as(Role.DENTIST)
    for typed in (day.isoformat(), f"{day:%d/%m/%Y}", f"{day:%d%m%y}"):
        page = client.get(reverse("care:chart", args=[patient.uuid]), {"on": typed}).text
        assert f'value="{day:%d/%m/%Y}"' in page
