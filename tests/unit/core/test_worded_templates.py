"""A template compiled for one language says what the same template says that looks its texts up."""

import pytest
from django.utils import translation
from django.utils.translation import gettext, ngettext, npgettext, pgettext
from jinja2 import DictLoader

from cuspide.core.pages.worded import WordedEnvironment, words_of

TEMPLATES = {
    "plain.html": '<p title="{{ _("Sign out") }}">{{ _("Sign out") }} {{ _(text) }}</p>',
    "block.html": "{% trans %}Sign out{% endtrans %}",
    "values.html": "{% trans name=person|upper %}Hello {{ name }}, 100 % of it{% endtrans %}",
    "number.html": "{% trans count=number %}{{ count }} day{% pluralize %}{{ count }} days{% endtrans %}",
    "context.html": '{{ pgettext("a day", "Today") }}',
    "inside.html": "{% set label = _('Sign out') %}{% if label == _('Sign out') %}{{ label|length }}{% endif %}"
    "{% include 'plain.html' %}",
    "child.html": '{% extends "frame.html" %}{% block body %}{{ _("Sign out") }}{% endblock %}',
    "frame.html": '<title>{{ _("Sign in") }}</title>{% block body %}{% endblock %}',
    "markup.html": '{{ _("<b>&") }}{% trans %}<b>&amp;</b>{% endtrans %}',
}
GIVEN = {"person": "<Ada>", "number": 2, "text": "Sign out"}


@pytest.fixture
def looked_up() -> WordedEnvironment:
    made = WordedEnvironment(autoescape=True, extensions=["jinja2.ext.i18n"], loader=DictLoader(TEMPLATES))
    made.install_gettext_callables(gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext)  # type: ignore[attr-defined]
    made.globals["_"] = gettext
    return made


@pytest.mark.parametrize("language", ["fr", "en"])
@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_it_says_the_same(looked_up: WordedEnvironment, name: str, language: str) -> None:
    worded = looked_up.in_language(language)
    with translation.override(language):
        expected = looked_up.get_template(name).render(GIVEN)
        assert worded.get_template(name).render(GIVEN) == expected
    if name in ("plain.html", "block.html", "child.html"):
        assert ("Se déconnecter" if language == "fr" else "Sign out") in expected


def test_it_asks_for_no_text_that_stands_in_it(looked_up: WordedEnvironment) -> None:
    worded = looked_up.in_language("fr")
    drawn = {name: worded.get_template(name) for name in ("block.html", "values.html", "frame.html")}
    with translation.override("en"):
        # The language that is active no longer matters to what was compiled in.
        assert drawn["block.html"].render() == "Se déconnecter"
        assert "<title>Se connecter" in drawn["frame.html"].render()


def test_each_language_has_its_own(looked_up: WordedEnvironment) -> None:
    french, english = looked_up.in_language("fr"), looked_up.in_language("en")
    assert [one.get_template("block.html").render() for one in (french, english, french)] == [
        "Se déconnecter",
        "Sign out",
        "Se déconnecter",
    ]


def test_the_words_of_a_language_are_told_from_those_of_another() -> None:
    assert words_of("fr") == words_of("fr")
    assert words_of("fr") != words_of("en")
