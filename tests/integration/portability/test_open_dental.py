"""A practice that comes from Open Dental brings its database dump."""

from typing import Any

import pytest
from django.urls import reverse

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.patients.models import Patient
from cuspide.portability import selectors
from tests.integration.portability.dental import ALLERGIES, APPOINTMENT_TABLE, APPOINTMENTS, HEAD, PATIENTS
from tests.integration.portability.files import bring_in, codes, outcomes, take

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


def test_its_patients_come_in_and_what_does_not_is_said(owner: Actor, client_as: Any) -> None:
    done = bring_in(owner, (HEAD + PATIENTS + ALLERGIES).encode())
    assert (done.kind, outcomes(done)) == (
        "opendental", [(1, "created"), (2, "refused"), (3, "refused"), (4, "created")],
    )  # fmt: skip
    assert codes(done, 2) == {"sql.deleted"}
    allison = Patient.objects.get(first_birth_given_name="Allison")
    assert (allison.sex, allison.used_given_name, allison.nir) == ("F", "Allie", ""), "an American SSN is no NIR"
    assert allison.contact_points.get().normalised == "+15033635432"
    assert allison.addresses.get().postcode == "97301"
    told = selectors.report(done)
    assert {name: count for name, count in told["left_in_file"].items() if count} == {"allergy": 2}
    assert told["reconciled"]
    page = client_as("owner").get(reverse("portability:import", args=[done.uuid])).content.decode()
    assert "allergies\u00a0: 2" in page
    assert bring_in(owner, (HEAD + PATIENTS).encode()).counts == {"same": 2, "refused": 2}


def test_a_dump_that_was_cut_says_where(owner: Actor) -> None:
    content = (HEAD + PATIENTS)[: (HEAD + PATIENTS).index("'Zoé'")].encode()
    done = bring_in(owner, content)
    assert outcomes(done) == [(1, "created"), (2, "refused"), (3, "refused"), (4, "refused")]
    assert codes(done, 4) == {"sql.cut"}
    said = selectors.lines(list(selectors.rows(done, "refused")))[-1].said
    assert said == ["La sauvegarde s’arrête ici (sa ligne 19)\u00a0: elle a été coupée."]


def test_a_dump_without_patients_is_refused(owner: Actor) -> None:
    for content in (HEAD, APPOINTMENT_TABLE + APPOINTMENTS, HEAD.replace("PatNum", "Id") + PATIENTS):
        with pytest.raises(DomainError, match="Open Dental"):
            take(owner, content.encode())
