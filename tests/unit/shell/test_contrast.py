"""The colours can be read: WCAG 2.2, 1.4.3 (text, 4.5:1) and 1.4.11 (edges of controls and shapes, 3:1)."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "frontend/src/styles/tokens.css"
GROUNDS = ("ground", "surface", "sunken")
TEXTS = ("ink", "ink-soft", "accent", "accent-strong", "sound", "watch", "danger", "info")
PAIR = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)")


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.fixture(scope="module", params=["light", "dark"])
def colours(request: pytest.FixtureRequest) -> dict[str, str]:
    at = 2 if request.param == "light" else 3
    return {found[1]: found[at] for found in PAIR.finditer(TOKENS.read_text())}


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("ground", GROUNDS)
def test_text_is_read_on_every_ground(colours: dict[str, str], text: str, ground: str) -> None:
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("tone", ["sound", "watch", "danger", "info"])
def test_each_meaning_is_read_on_its_own_tint(colours: dict[str, str], tone: str) -> None:
    assert contrast(colours[tone], colours[f"{tone}-soft"]) >= 4.5
    assert contrast(colours["ink"], colours[f"{tone}-soft"]) >= 7


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("on-accent", "accent-fill"),
        ("on-accent", "accent-fill-strong"),
        ("on-danger", "danger-fill"),
        ("accent", "accent-soft"),
        ("accent-strong", "accent-soft"),
        ("ink", "accent-soft"),
        ("ink-soft", "accent-soft"),
    ],
)
def test_words_on_buttons_and_chosen_lines_are_read(colours: dict[str, str], text: str, ground: str) -> None:
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_edge_of_a_field_and_the_focus_are_seen(colours: dict[str, str], ground: str) -> None:
    assert contrast(colours["field-edge"], colours[ground]) >= 3
    assert contrast(colours["accent"], colours[ground]) >= 3
