"""Lists of a day or a month: asked in their address, in either writing; what is none is said, and today is shown."""

from typing import Any

import pytest

from cuspide.core.rights import Role

pytestmark = pytest.mark.django_db

LISTS = [
    ("/billing/payments/", "day", "2026-11-02", "02/11/26", "02/11/2026", "Écrivez une date"),
    ("/billing/", "month", "2026-10", "10 26", "10/2026", "Écrivez un mois"),
    ("/audit/", "from", "2026-11-02", "021126", "02/11/2026", "Écrivez une date"),
]


@pytest.mark.parametrize(("address", "name", "iso", "typed", "shown", "words"), LISTS)
def test_a_list_is_asked_as_one_types(
    client_as: Any, practice: Any, address: str, name: str, iso: str, typed: str, shown: str, words: str
) -> None:
    client = client_as(Role.OWNER)
    client.cookies["cuspide_language"] = "fr"
    for text in (iso, typed):
        page = client.get(address, {name: text}).content.decode()
        assert f'name="{name}" value="{shown}"' in page
        assert words not in page.split("data-words")[0]
    for text in ("demain", "9" * 5000, "\x00", '"><b>'):
        answer = client.get(address, {name: text})
        assert answer.status_code == 200
        page = answer.content.decode()
        assert words in page.split("data-words")[0]
        assert f'id="{name}_error"' in page
        assert "<b>" not in page
    assert 'value="demain"' in client.get(address, {name: "demain"}).content.decode()
