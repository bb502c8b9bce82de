"""`cuspide --help` and what is said of a mistyped command: in the operator's language, and without loading Django."""

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest

from cuspide.cli import line, main, speech
from cuspide.core.keys import copies
from tests.support.languages import Speech

# The same in both languages.
_NEUTRAL = {"POINT", "PORT", "URL"}
# What argparse says otherwise is translated; this has no words.
_WORDLESS = {"%(heading)s:"}
_MISTYPED = [
    "",
    "demoo",
    "key",
    "key shw",
    "init",
    "serve --port",
    "serve --port abc",
    "serve --port 80.5",
    "serve --p 1",
    "serve --nothing",
    "check --json=1",
    "store",
    "store mov",
    "store move",
    "key show --with nothing",
    "nomenclature import",
    "practitioner --family-name Martin",
]


@pytest.fixture(params=["fr", "en"])
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    _operator_speaks(monkeypatch, request.param)
    return str(request.param)


def _operator_speaks(monkeypatch: pytest.MonkeyPatch, language: str) -> None:
    monkeypatch.setenv("LC_ALL", {"fr": "fr_FR.UTF-8", "en": "en_GB.UTF-8"}[language])
    monkeypatch.setenv("COLUMNS", "1000")


def _walked(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """The command, its verbs and their deeds."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name in action.choices:
                yield from _walked(action.choices[name])


def _explained(parser: argparse.ArgumentParser) -> list[tuple[str, argparse.Action]]:
    """What a parser's help lists, each with the name by which it is told here."""
    listed: list[tuple[str, argparse.Action]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            listed += [(f"{parser.prog} {choice.dest}", choice) for choice in action._choices_actions]
        elif action.help is not argparse.SUPPRESS:
            listed.append((f"{parser.prog} {'/'.join(action.option_strings) or action.dest}", action))
    return listed


def _typed_words(parser: argparse.ArgumentParser) -> set[str]:
    """What is typed as it stands, in either language: verbs, deeds, values."""
    return {word for one in _walked(parser) for action in one._actions for word in action.choices or ()}


def _refused(capsys: pytest.CaptureFixture[str], typed: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main(typed.split())
    said = capsys.readouterr()
    assert (ended.value.code, said.out) == (2, "")
    return _plain(said.err)


def _plain(text: str) -> str:
    """With the spaces of a keyboard."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def _prose(text: str, typed: set[str]) -> list[str]:
    """The lines of a help without what is typed as it stands."""
    text = re.sub(r"postgresql://\S+|“cuspide [a-z]+”|'[^']*'|-[-\w]+|\{[\w,]+\}", " ", text)
    return [re.sub(rf"\b({'|'.join(sorted(typed))})\b", " ", row) for row in text.splitlines()]


def test_every_verb_deed_and_argument_is_explained_in_both_languages(monkeypatch: pytest.MonkeyPatch) -> None:
    walked = {}
    for language in ("fr", "en"):
        _operator_speaks(monkeypatch, language)
        walked[language] = list(_walked(line.parser()))
    same = []
    for french, english in zip(walked["fr"], walked["en"], strict=True):
        assert french.prog == english.prog
        if not french.description or french.description == english.description:
            same.append(french.prog)
        for (name, told), (_name, as_well) in zip(_explained(french), _explained(english), strict=True):
            if not told.help or told.help == as_well.help:
                same.append(name)
            has_a_value = told.nargs != 0 and told.option_strings and told.choices is None
            if has_a_value and told.metavar not in _NEUTRAL and told.metavar in {None, as_well.metavar}:
                same.append(f"{name}: its value")
    assert same == []


def test_help_has_no_word_of_the_other_language(language: str) -> None:
    parser = line.parser()
    typed = _typed_words(parser)
    wrong = {}
    for one in _walked(parser):
        shown = _plain(one.format_help())
        assert shown.startswith({"fr": "utilisation : ", "en": "usage: "}[language])
        foreign = Speech([]).foreign(language, _prose(shown, typed))
        if foreign:
            wrong[one.prog] = foreign
    assert wrong == {}


def test_each_mistyped_command_is_refused_in_the_operators_language(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = _typed_words(line.parser())
    for words in _MISTYPED:
        said = _refused(capsys, words)
        assert {"fr": ": erreur : ", "en": ": error: "}[language] in said
        assert Speech([]).foreign(language, _prose(said, typed)) == []


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("demoo", "argument COMMANDE : choix impossible : 'demoo' (au choix : "),
        ("key shw", "argument ACTION : choix impossible : 'shw' (au choix : "),
        ("store move", "il manque ces arguments : --to"),
        ("serve --port 80.5", "argument --port : '80.5' n’est pas un nombre entier"),
        ("serve --port", "argument --port : une valeur est attendue"),
        ("serve --nothing", "arguments inconnus : --nothing"),
        ("check --json=1", "argument --json : la valeur '1' n’est pas attendue ici"),
        ("serve --p 1", "option ambiguë : --p peut être --port, --plain-port"),
    ],
)
def test_what_is_wrong_is_said_in_french(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, sentence: str
) -> None:
    _operator_speaks(monkeypatch, "fr")
    assert sentence in _refused(capsys, typed)


def test_nothing_that_argparse_says_is_left_out_of_the_catalogue(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = set()

    def lookup(sentence: str) -> str:
        asked.add(sentence)
        return sentence

    monkeypatch.setattr(speech, "gettext", lookup)
    for one in _walked(line.parser()):
        one.format_help()
    for words in _MISTYPED:
        _refused(capsys, words)
    assert asked
    assert asked - _WORDLESS <= set(speech.SENTENCES_OF_ARGPARSE)


def test_another_parser_of_the_process_keeps_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    """Django's commands speak English throughout: argparse has its own words back, after a refusal too."""
    _refused(capsys, "demoo")
    assert argparse.ArgumentParser(prog="django-admin").format_help().startswith("usage: django-admin")


@pytest.mark.parametrize(("said", "expected"), [("", "fr"), ("C.UTF-8", "fr"), ("de_DE", "fr"), ("en_US", "en")])
def test_french_unless_the_environment_asks_for_english(
    monkeypatch: pytest.MonkeyPatch, said: str, expected: str
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANGUAGE", "en:de")
    monkeypatch.setenv("LANG", said)
    assert speech.language() == expected
    assert line.parser().format_usage().startswith({"fr": "utilisation", "en": "usage"}[expected])


@pytest.mark.parametrize("typed", ["store --home here move --to sqlite", "store move --home here --to sqlite"])
def test_the_folder_stands_before_the_deed_or_behind_it(typed: str) -> None:
    assert line.parser().parse_args(typed.split()).home == "here"


def test_every_deed_that_is_offered_can_be_done() -> None:
    from cuspide.cli import key

    offered = {one.prog: one for one in _walked(line.parser())}["cuspide key"]
    choices = {action.dest: action.choices for action in offered._actions}
    assert set(choices["deed"] or ()) == set(key._DEEDS)
    assert set(choices["kind"] or ()) == {copies.PASSPHRASE, copies.SHEET}


def test_neither_help_nor_a_mistyped_word_loads_django() -> None:
    code = """
import sys
from cuspide.cli import main
for words in ("--help", "--version", "key --help", "store move --help", "demoo", "serve --port x", ""):
    try:
        main(words.split())
    except SystemExit:
        pass
print([name for name in sys.modules if name.partition(".")[0] in {"django", "cryptography", "segno"}], file=sys.stderr)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, env={**os.environ})
    assert done.returncode == 0
    assert done.stderr.splitlines()[-1] == "[]"


def test_a_terminal_without_the_characters_shows_the_help_all_the_same() -> None:
    environment = {**os.environ, "LC_ALL": "fr_FR.ISO-8859-1", "PYTHONIOENCODING": "latin-1"}
    done = subprocess.run(
        [sys.executable, "-m", "cuspide", "init", "--help"], capture_output=True, timeout=60, env=environment
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "nom d?hôte" in done.stdout.decode("latin-1")
