"""A practice that comes from Open Dental brings its database dump."""

from typing import Any

import pytest
from django.urls import reverse

from cuspide.core.actor import Actor
from cuspide.core.errors import DomainError
from cuspide.patients.models import Patient
from cuspide.portability import selectors
from tests.integration.portability.files import bring_in, codes, outcomes, take

pytestmark = pytest.mark.django_db

HEAD = """-- MySQL dump 10.13  Distrib 8.0.36
CREATE TABLE `patient` (
  `PatNum` bigint(20) NOT NULL,
  `LName` varchar(100),
  `FName` varchar(100),
  `Preferred` varchar(100),
  `PatStatus` tinyint(3),
  `Gender` tinyint(3),
  `Birthdate` date,
  `SSN` varchar(100),
  `WirelessPhone` varchar(30),
  `City` varchar(100),
  `Zip` varchar(100)
);
"""
PATIENTS = """INSERT INTO `patient` VALUES
(1,'Smith','Allison','Allie',0,1,'1984-03-07','123456789','(503)363-5432','Salem','97301'),
(2,'O\\'Brien','Bob','',4,0,'1979-09-21','','','',''),
(3,'Doe','','',0,2,'0001-01-01','','','',''),
(4,'Müller','Zoé','',0,1,'1990-01-01','','','','');
"""
REST = """CREATE TABLE `appointment` (
  `AptNum` bigint(20) NOT NULL
);
INSERT INTO `appointment` VALUES (1),(2),(3);
CREATE TABLE `procedurelog` (
  `ProcNum` bigint(20) NOT NULL
);
INSERT INTO `procedurelog` VALUES (1);
"""


@pytest.fixture
def owner(practice: object, actors: Any) -> Actor:
    return actors.owner  # type: ignore[no-any-return]


def test_its_patients_come_in_and_what_does_not_is_said(owner: Actor, client_as: Any) -> None:
    done = bring_in(owner, (HEAD + PATIENTS + REST).encode())
    assert (done.kind, outcomes(done)) == (
        "opendental", [(1, "created"), (2, "refused"), (3, "refused"), (4, "created")],
    )  # fmt: skip
    assert codes(done, 2) == {"sql.deleted"}
    allison = Patient.objects.get(first_birth_given_name="Allison")
    assert (allison.sex, allison.used_given_name, allison.nir) == ("F", "Allie", ""), "an American SSN is no NIR"
    assert allison.contact_points.get().normalised == "+15033635432"
    assert allison.addresses.get().postcode == "97301"
    told = selectors.report(done)
    assert told["left_in_file"] == {"appointment": 3, "procedurelog": 1, "recall": 0}
    assert told["reconciled"]
    page = client_as("owner").get(reverse("portability:import", args=[done.uuid])).content.decode()
    assert "rendez-vous\u00a0: 3, actes\u00a0: 1" in page
    assert bring_in(owner, (HEAD + PATIENTS).encode()).counts == {"same": 2, "refused": 2}


def test_a_dump_that_was_cut_says_where(owner: Actor) -> None:
    content = (HEAD + PATIENTS)[: (HEAD + PATIENTS).index("'Zoé'")].encode()
    done = bring_in(owner, content)
    assert outcomes(done) == [(1, "created"), (2, "refused"), (3, "refused"), (4, "refused")]
    assert codes(done, 4) == {"sql.cut"}
    said = selectors.lines(list(selectors.rows(done, "refused")))[-1].said
    assert said == ["La sauvegarde s’arrête ici (sa ligne 19)\u00a0: elle a été coupée."]


def test_a_dump_without_patients_is_refused(owner: Actor) -> None:
    for content in (HEAD, REST, HEAD.replace("PatNum", "Id") + PATIENTS):
        with pytest.raises(DomainError, match="Open Dental"):
            take(owner, content.encode())
