"""What somebody tries who has read the source: forged keys, references across patients, numbers without end."""

from typing import Any

import pytest

pytestmark = pytest.mark.django_db


def test_nobody_is_forgiven_failures_because_somebody_fills_the_memory_of_failures() -> None:
    from django.core.cache import cache

    cache.set("0", "a failed sign-in", 300)
    for number in range(400):
        cache.set(f"noise-{number}", "x", 300)
    assert cache.get("0") == "a failed sign-in"


def test_a_page_number_without_end_is_the_first_page(client_as: Any, make_patient: Any) -> None:
    address = f"/care/{make_patient().uuid}/acts/?page="
    assert client_as("dentist").get(address + "9" * 5_000).status_code == 200
