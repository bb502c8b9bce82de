"""Fixtures of a small practice and of the people who work in it."""

from dataclasses import dataclass
from typing import Any

import pytest


@dataclass
class Practice:
    """One site, three chairs, two dentists."""

    entity: Any
    site: Any
    chairs: list[Any]
    dentists: list[Any]


@pytest.fixture
def practice(db: None) -> Practice:
    from cuspide.core.actor import Actor
    from cuspide.practice import services
    from cuspide.practice.models import Chair

    system = Actor.system("test")
    site = services.create_practice(system, name="Cabinet des Tilleuls", chairs=3)
    dentists = [
        services.add_practitioner(system, site=site, family_name="AUBERT", given_name="Claire", rpps="10000000017"),
        services.add_practitioner(system, site=site, family_name="LEFÈVRE", given_name="Hugo", rpps="10000000025"),
    ]
    return Practice(site.entity, site, list(Chair.objects.filter(site=site)), dentists)
