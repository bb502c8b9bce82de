"""The frame's own addresses: who reaches them, what they keep, what they refuse."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client
from django.utils.functional import SimpleLazyObject

from cuspide.core.pages import assets
from cuspide.core.rights import Role
from cuspide.patients.models import Patient
from tests.support.secretary import NewPatient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def built(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests ask what pages say; they run on a checkout whose front end is not built too."""
    monkeypatch.setattr(assets, "_read", assets.Build(_MANIFEST))


_MANIFEST: dict[str, Any] = {"icons.svg": {"file": "assets/icons.svg"}, "mark.svg": {"file": "assets/mark.svg"}} | {
    f"src/{room}/index.ts": {"file": f"assets/{room}.js", "css": [f"assets/{room}.css"]}
    for room in ("shell", "accounts", "agenda", "chart", "billing", "patients", "nomenclature")
}


@pytest.mark.parametrize("role", list(Role))
def test_everybody_has_a_first_page_in_french(client_as: Callable[..., Client], role: Role) -> None:
    answer = client_as(role).get("/")
    assert answer.status_code == 200
    page = answer.content.decode()
    assert '<html lang="fr"' in page
    assert "Aujourd’hui" in page
    assert page.count("<h1") == 1
    assert "style=" not in page
    assert "<script>" not in page


@pytest.mark.parametrize("address", ["/", "/status"])
def test_a_visitor_is_led_to_the_sign_in_page(address: str, db: None) -> None:
    answer = Client().get(address)
    assert answer.status_code == 302
    assert "/account/sign-in/" in answer["Location"]


def test_the_search_tells_a_visitor_nothing(db: None) -> None:
    answer = Client().post("/search", {"text": "martin"})
    assert answer.status_code == 302
    assert "martin" not in answer["Location"]


def test_the_technician_finds_no_patient(client_as: Callable[..., Client], make_patient: Callable[..., Any]) -> None:
    make_patient(birth_name="ZYWIEC")
    found = client_as(Role.SECRETARY).post("/search", {"text": "zywiec"}, headers={"HX-Request": "true"})
    assert "ZYWIEC" in found.content.decode()
    hidden = client_as(Role.TECHNICIAN).post("/search", {"text": "zywiec"}, headers={"HX-Request": "true"})
    assert hidden.status_code == 200
    assert "ZYWIEC" not in hidden.content.decode()


@pytest.mark.parametrize(
    "typed", ["", " ", "\0", "%_'\"\\", "a" * 10_000, "𝔐𝔞𝔯𝔱𝔦𝔫", "\u202e\u0000", "🦷" * 50, "'; --"]
)
def test_any_text_may_be_searched(client_as: Callable[..., Client], typed: str) -> None:
    client = client_as(Role.SECRETARY)
    for headers in ({}, {"HX-Request": "true"}):
        answer = client.post("/search", {"text": typed}, headers=headers)
        assert answer.status_code == 200
        assert len(answer.content) < 60_000


def test_what_was_searched_comes_back_escaped(client_as: Callable[..., Client]) -> None:
    answer = client_as(Role.SECRETARY).post("/search", {"text": '"><img src=x onerror=alert(1)>'})
    assert "<img" not in answer.content.decode()


def test_a_choice_is_kept_with_the_person_and_in_the_browser(
    client_as: Callable[..., Client], users: dict[str, Any]
) -> None:
    client = client_as(Role.SECRETARY)
    client.post("/preferences", {"language": "en", "theme": "dark", "density": "compact", "next": "/agenda/"})
    person = users["secretary"]
    person.refresh_from_db()
    assert (person.language, person.theme, person.density) == ("en", "dark", "compact")
    assert client.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert 'data-theme="dark" data-density="compact"' in page


def test_a_visitors_choice_stays_in_the_browser(db: None) -> None:
    client = Client()
    client.post("/preferences", {"language": "en"})
    assert '<html lang="en"' in client.get("/account/sign-in/").content.decode()


def test_the_browsers_language_does_not_count(db: None) -> None:
    page = Client().get("/account/sign-in/", headers={"Accept-Language": "en-GB,en"}).content.decode()
    assert '<html lang="fr"' in page


@pytest.mark.parametrize(
    "sent",
    [
        {"language": "xx"},
        {"theme": "<script>"},
        {"density": ""},
        {"password": "x", "email": "x@example.org"},
        {"language": "x" * 100_000},
    ],
)
def test_what_is_not_offered_changes_nothing(
    client_as: Callable[..., Client], users: dict[str, Any], sent: dict[str, str]
) -> None:
    client = client_as(Role.SECRETARY)
    before = (users["secretary"].email, users["secretary"].language, users["secretary"].theme)
    assert client.post("/preferences", sent).status_code == 302
    users["secretary"].refresh_from_db()
    assert (users["secretary"].email, users["secretary"].language, users["secretary"].theme) == before


@pytest.mark.parametrize(
    "back", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "\\\\evil", "", "http:///x", "/\\evil"]
)
def test_one_is_never_led_to_another_host(db: None, back: str) -> None:
    answer = Client().post("/preferences", {"language": "fr", "next": back})
    assert answer["Location"] == "/"


def test_alive_asks_the_store_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        answer = Client().get("/alive")
    assert answer.status_code == 204
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    ("method", "address", "status", "words"),
    [
        ("get", "/preferences", 405, "Cette adresse ne s’ouvre pas ainsi"),
        ("get", "/nowhere/at/all", 404, "Il n’y a rien à cette adresse"),
        ("get", "/patients/00000000-0000-0000-0000-000000000000/", 404, "Il n’y a rien à cette adresse"),
    ],
)
def test_an_error_page_says_what_to_do(
    client_as: Callable[..., Client], method: str, address: str, status: int, words: str
) -> None:
    answer = getattr(client_as(Role.SECRETARY), method)(address)
    assert answer.status_code == status
    assert words in answer.content.decode()


def test_a_form_without_its_token_is_refused_in_words(client_as: Callable[..., Client]) -> None:
    client = client_as(Role.SECRETARY, enforce_csrf_checks=True)
    answer = client.post("/preferences", {"theme": "dark"})
    assert answer.status_code == 403
    assert "trop ancien" in answer.content.decode()


def test_the_page_of_a_mistake_needs_no_store(rf: Any) -> None:
    from cuspide.core.pages import errors

    class Broken:
        @property
        def is_authenticated(self) -> bool:
            raise AssertionError("the store was asked")

    request = rf.get("/patients/secret-name/")
    request.user = Broken()
    request.actor = SimpleLazyObject(lambda: pytest.fail("the store was asked"))
    answer = errors.server_error(request)
    assert answer.status_code == 500
    assert "Le programme a fait une erreur" in answer.content.decode()


def test_a_mistake_of_the_program_shows_nothing_of_it(
    client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from cuspide.core import registry

    def fails(*_: Any) -> None:
        raise RuntimeError("MARTIN Léa 2840375116001")

    monkeypatch.setattr(registry.Point, "for_actor", fails)
    client = client_as(Role.SECRETARY)
    client.raise_request_exception = False
    answer = client.get("/")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "MARTIN" not in page
    assert "RuntimeError" not in page
    assert "Réessayer" in page


def test_the_frame_costs_a_known_number_of_queries(
    client_as: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = client_as(Role.TECHNICIAN)
    client.get("/search")
    with django_assert_max_num_queries(6):
        assert client.get("/search").status_code == 200


def test_a_session_that_the_store_could_not_keep_is_no_fault_of_the_browser(
    client_as: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL goes away between the patient and the session: "nothing was changed" would be a lie."""
    client = client_as(Role.SECRETARY)
    form = NewPatient("BARDOR-MORNIV")

    def gone(*_: Any, **__: Any) -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr("django.contrib.sessions.models.Session.save", gone)
        answer = client.post("/patients/new/", form.fields())
    assert answer.status_code == 503
    assert "ne peuvent pas être ouvertes" in answer.content.decode()
    again = client.post("/patients/new/", form.fields())
    assert again.status_code == 302
    assert Patient.objects.filter(birth_name=form.name).count() == 1


def test_the_top_bar_says_whose_program_it_is(client_as: Any, practice: Any, django_assert_num_queries: Any) -> None:
    from cuspide.core.rights import Role
    from cuspide.practice import selectors

    client = client_as(Role.SECRETARY)
    assert f'<span class="topbar-practice">{practice.site.name}</span>' in client.get("/").content.decode()
    practice.site.name = "Cabinet <b>du Port</b>"
    practice.site.save()
    assert "Cabinet &lt;b&gt;du Port&lt;/b&gt;" in client.get("/").content.decode(), "a change is seen at once"
    with django_assert_num_queries(0):
        selectors.shown_name()


def test_a_visitor_is_not_told_whose_program_it_is(client: Any, practice: Any) -> None:
    assert practice.site.name not in client.get("/account/sign-in/").content.decode()
