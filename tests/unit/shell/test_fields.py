"""A form field says what it wants, keeps what was typed and ties its error to its control."""

import re
import uuid
from typing import Any

import pytest
from django import forms
from django.template import engines
from django.test import RequestFactory
from django.utils import translation

from cuspide.core.pages import fields


class Identity(forms.Form):
    name = forms.CharField(label="Nom")
    nir = forms.CharField(label="NIR", help_text="13 chiffres et la clé", required=False)
    age = forms.IntegerField(required=False)
    mail = forms.EmailField(required=False, widget=forms.EmailInput(attrs={"autocomplete": "email", "class": "wide"}))
    sex = forms.ChoiceField(choices=[("F", "F"), ("M", "M")], widget=forms.RadioSelect, label="Sexe")
    third_party = forms.BooleanField(label="Tiers payant", required=False)
    key = forms.CharField(widget=forms.HiddenInput, required=False)


def page_of(source: str) -> Any:
    return engines.all()[0].from_string(source)


def drawn(form: forms.Form, name: str, more: str = "") -> str:
    return page_of("{{ field(form." + name + more + ") }}").render({"form": form})


def test_a_field_names_its_control_and_its_help() -> None:
    html = drawn(Identity(), "nir", ", width=3")
    assert '<label for="id_nir">NIR' in html
    assert 'aria-describedby="id_nir_help"' in html
    assert 'id="id_nir_help"' in html
    assert "w-3" in html
    assert "style=" not in html


def test_an_error_is_tied_to_its_control_and_what_was_typed_stays() -> None:
    with translation.override("fr"):
        html = drawn(Identity({"name": "", "nir": "1 84 <script>", "age": "x"}), "age")
        assert 'value="x"' in html
        assert html.count("aria-describedby=") == 1
        assert 'aria-describedby="id_age_error"' in html
        assert 'aria-invalid="true"' in html
        assert "Saisissez un nombre entier" in html
        typed = drawn(Identity({"nir": "1 84 <script>"}), "nir")
    assert "<script>" not in typed
    assert "1 84 &lt;script&gt;" in typed


def test_the_browser_of_a_shared_workstation_does_not_remember_patients() -> None:
    assert 'autocomplete="off"' in drawn(Identity(), "name")
    assert 'autocomplete="email"' in drawn(Identity(), "mail")
    assert 'class="input wide"' in drawn(Identity(), "mail")


def test_numbers_bring_up_the_keys_for_numbers() -> None:
    assert 'inputmode="numeric"' in drawn(Identity(), "age")


def test_choices_are_a_group_with_a_name() -> None:
    html = drawn(Identity({"sex": "M"}), "sex")
    assert "<fieldset" in html
    assert '<legend class="label">Sexe' in html
    assert len(re.findall('type="radio"', html)) == 2
    assert re.search(r'value="M"[^>]*checked', html)


def test_a_box_has_its_words_beside_it() -> None:
    html = drawn(Identity(), "third_party")
    assert re.search(r'<label class="choice" for="id_third_party">\s*<input type="checkbox"', html)


def test_a_width_that_the_grid_has_not_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="sixths"):
        fields.field_context(Identity()["name"], 7)


def test_the_summary_counts_the_fields_and_leads_to_them() -> None:
    page = page_of("{{ form_errors(form) }}")
    with translation.override("fr"):
        html = page.render({"form": Identity({"nir": "x"})})
    assert "2 champs sont à revoir" in html
    assert 'href="#id_name"' in html
    assert page.render({"form": Identity()}).strip() == ""


def test_an_error_of_a_hidden_field_is_not_swallowed() -> None:
    class Hidden(forms.Form):
        version = forms.IntegerField(widget=forms.HiddenInput)

    page = page_of("{{ form_errors(form) }}")
    with translation.override("fr"):
        html = page.render({"form": Hidden({})})
    assert "obligatoire" in html


def test_a_whole_form_drawn_by_django_looks_the_same() -> None:
    html = Identity().render()
    assert '<div class="fields">' in html
    assert '<label for="id_name">Nom' in html
    assert 'type="hidden"' in html


SUBMISSION = "{{ submission_key() }}"


def key_of(html: str) -> str:
    found = re.fullmatch(r'<input type="hidden" name="submission" value="([^"]+)" autocomplete="off">', html)
    assert found
    return found[1]


def test_each_new_form_has_a_name_of_its_own() -> None:
    request = RequestFactory().get("/")
    keys = {key_of(page_of(SUBMISSION).render({"request": request})) for _ in range(20)}
    assert len(keys) == 20


def test_a_form_that_comes_back_keeps_its_name() -> None:
    key = str(uuid.uuid4())
    request = RequestFactory().post("/", {"submission": key})
    assert key_of(page_of(SUBMISSION).render({"request": request})) == key


@pytest.mark.parametrize("forged", ["", "x", '"><script>', "0" * 5000])
def test_a_forged_name_is_replaced(forged: str) -> None:
    request = RequestFactory().post("/", {"submission": forged})
    assert uuid.UUID(key_of(page_of(SUBMISSION).render({"request": request})))


def test_djangos_own_way_to_draw_a_field_gives_the_same() -> None:
    form = Identity()
    assert page_of("{{ form.nir.as_field_group() }}").render({"form": form}).strip() == drawn(form, "nir").strip()
