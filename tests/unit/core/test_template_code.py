"""What templates are compiled to is kept, and never used for anything but what it was made of."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from cuspide.core.pages.bytecode import KeptCode


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    page = tmp_path / "pages" / "page.html"
    page.parent.mkdir()
    page.write_text("<p>{{ name }}</p>", encoding="utf-8")
    return page


def drawn(page: Path, variant: str = "", **options: object) -> str:
    """By a process that has just begun."""
    loader = FileSystemLoader(page.parent)
    made = Environment(autoescape=True, loader=loader, bytecode_cache=KeptCode(variant), **options)  # type: ignore[arg-type]
    return made.get_template(page.name).render(name="<Durand>")


def kept(page: Path) -> list[Path]:
    return sorted((page.parents[1] / "cache").rglob("*.code"))


def test_it_is_compiled_once(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    assert len(kept(page)) == 1
    monkeypatch.setattr(Environment, "compile", lambda *_args, **_options: pytest.fail("compiled again"))
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"


def test_a_template_that_changed_is_compiled_again(page: Path) -> None:
    drawn(page)
    page.write_text("<b>{{ name }}</b>", encoding="utf-8")
    assert drawn(page) == "<b>&lt;Durand&gt;</b>"
    assert drawn(page) == "<b>&lt;Durand&gt;</b>"


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.99])
def test_half_a_file_is_worth_nothing(page: Path, share: float) -> None:
    drawn(page)
    (code,) = kept(page)
    whole = code.read_bytes()
    code.write_bytes(whole[: int(len(whole) * share)])
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    assert code.read_bytes() == whole


def test_another_way_of_writing_values_has_code_of_its_own(page: Path) -> None:
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    assert drawn(page, ".shouted", finalize=lambda value: str(value).upper()) == "<p>&lt;DURAND&gt;</p>"
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    assert len(kept(page)) == 2


def test_where_nothing_may_be_written_pages_are_drawn_all_the_same(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (page.parents[1] / "cache").write_text("no folder", encoding="utf-8")
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    (page.parents[1] / "cache").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert drawn(page) == "<p>&lt;Durand&gt;</p>"
    assert not (page.parents[1] / "cache").exists()


def test_code_that_holds_words_is_made_again_when_they_change(page: Path) -> None:
    def said(words: str) -> str:
        loader = FileSystemLoader(page.parent)
        made = Environment(loader=loader, bytecode_cache=KeptCode(".fr", words))
        return made.get_template(page.name).render(name=words)

    assert said("old") == "<p>old</p>"
    (code,) = kept(page)
    before = code.read_bytes()
    assert said("old") == "<p>old</p>"
    assert code.read_bytes() == before
    assert said("new") == "<p>new</p>"
    assert code.read_bytes() != before
    assert kept(page) == [code]
