"""A document given to a patient: readable for fifty years and by a screen reader, and nobody's name is a program."""

import datetime as dt
import io
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cuspide.core import pdf

CREATED = dt.datetime(2026, 11, 24, 9, 30, tzinfo=dt.UTC)
LETTERHEAD = {
    "name": "SELARL Cabinet des Tilleuls",
    "lines": ["12 rue des Tilleuls", "69003 Lyon"],
    "practitioner": "Dr Camille ARNAUD",
    "practitioner_lines": ["Chirurgien-dentiste", "RPPS 10101234567"],
    "identifiers": [["SIRET", "73282932000074"], ["FINESS", "690000001"]],
}
WORDS = {
    "number": "N°", "received_on": "Reçu le", "received_from": "Reçu de", "means": "Moyen", "amount": "Montant",
    "total": "Total", "invoices": "Factures", "invoice": "Facture", "issued_on": "Émise le", "paid_now": "Réglé",
    "rest": "Reste dû",
}  # fmt: skip


def receipt(name: str = "MARTIN Léa", payments: int = 2, **changes: Any) -> dict[str, Any]:
    return {
        "letterhead": LETTERHEAD,
        "words": WORDS,
        "title": "Reçu",
        "number": "R2026-000045",
        "received_on": "24/11/2026",
        "stamp": "",
        "patient_name": name,
        "patient_lines": ["3 rue de la Dent", "69003 Lyon"],
        "sentence": "Reçu la somme de 48,00 €.",
        "payments": [["Carte bancaire", "24,00 €"]] * payments,
        "total": "48,00 €",
        "invoices": [["2026-000123", "24/11/2026", "48,00 €", "0,00 €"]],
        "notes": [],
        **changes,
    }


def rendered(data: dict[str, Any], **changes: Any) -> bytes:
    given_: dict[str, Any] = {"title": "Reçu R2026-000045", "author": "SELARL Cabinet des Tilleuls", "language": "fr"}
    return pdf.render("billing/pdf/receipt.typ", data, created=CREATED, **given_ | changes)


def text_of(document: bytes) -> str:
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext (poppler) is not installed")
    done = subprocess.run([tool, "-layout", "-", "-"], input=document, capture_output=True, check=True)
    return done.stdout.decode()


def test_what_was_written_can_be_read_back() -> None:
    text = text_of(rendered(receipt()))
    for piece in ("MARTIN Léa", "R2026-000045", "48,00 €", "SIRET 73282932000074", "RPPS 10101234567", "1/1"):
        assert piece in text.replace(" / ", "/")


def test_the_document_is_an_archive_with_title_language_and_tags() -> None:
    pikepdf = pytest.importorskip("pikepdf")
    with pikepdf.open(io.BytesIO(rendered(receipt()))) as document, document.open_metadata() as meta:
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
        assert meta["pdfuaid:part"] == "1"
        assert meta["dc:title"] == "Reçu R2026-000045"
        assert meta["xmp:CreateDate"].startswith("2026-11-24T09:30")
        assert str(document.Root.Lang) == "fr"
        assert bool(document.Root.MarkInfo.Marked)
        assert str(document.Root.ViewerPreferences.DisplayDocTitle) == "True"
        assert "SELARL Cabinet des Tilleuls" in list(meta["dc:creator"])


def test_qpdf_finds_nothing_wrong(tmp_path: Path) -> None:
    tool = shutil.which("qpdf")
    if tool is None:
        pytest.skip("qpdf is not installed")
    file = tmp_path / "receipt.pdf"
    file.write_bytes(rendered(receipt(payments=80)))
    done = subprocess.run([tool, "--check", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_receipt_gives_the_same_bytes() -> None:
    assert rendered(receipt()) == rendered(receipt())
    assert rendered(receipt()) != rendered(receipt(name="MARTIN Léo"))


@pytest.mark.parametrize(
    "name",
    [
        "#panic(1) $x^2$ \\ @a <b>",
        "`code` *bold* _soft_ //x",
        '"; #import "/etc/passwd" //',
        '#read("/etc/passwd") /* */ ~ -- ... \'',
        "= Heading + list / term: x",
        "{{ 1 }} {% load x %} &lt;b&gt; </b>",
        "D’HÉROUVILLE-Œuvrard Ÿ ß Ł Đ ﬁ",
    ],
)
def test_a_name_is_never_a_program(name: str) -> None:
    text = " ".join(text_of(rendered(receipt(name=name))).split())
    # A ligature is drawn as one glyph and read back as its letters.
    assert name.replace("ﬁ", "fi") in text.replace("ﬁ", "fi")


def test_what_no_font_draws_is_marked_and_the_rest_stands() -> None:
    text = text_of(rendered(receipt(name="王 MARTIN 🦷 Léa\x00\x1b")))
    assert "� MARTIN � Léa" in text


def test_a_name_of_a_hundred_undrawable_characters_still_gives_a_document() -> None:
    name = "".join(chr(0x4E00 + 7 * n) for n in range(100)) + " Léa"
    assert "Léa" in text_of(rendered(receipt(name=name)))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_document(name: str) -> None:
    assert rendered(receipt(name=name)).startswith(b"%PDF-")


def test_many_pages_are_numbered_and_quick() -> None:
    document = rendered(receipt(payments=400))
    started = time.perf_counter()
    rendered(receipt(payments=401))
    took = time.perf_counter() - started
    text = text_of(document)
    last = text.count("\f")
    assert last > 5
    assert f"1/{last}" in text.replace(" / ", "/")
    assert f"{last}/{last}" in text.replace(" / ", "/")
    # 15 ms a page is the aim; ten times as much is a fault.
    assert took < 0.15 * last


def test_a_template_outside_the_package_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "x.typ"
    outside.write_text("hello")
    for template in (outside, "../../pyproject.toml", "billing/pdf/nothing.typ"):
        with pytest.raises(pdf.DocumentError):
            pdf.render(template, {}, title="x", author="x", language="fr", created=CREATED)


def test_a_fault_of_the_data_names_no_patient() -> None:
    broken = receipt(name="MARTIN Léa")
    del broken["payments"]
    with pytest.raises(pdf.DocumentError) as refused:
        rendered(broken)
    assert "MARTIN" not in str(refused.value)
    assert refused.value.__cause__ is None


def test_an_instant_without_zone_and_a_float_are_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        pdf.render("billing/pdf/receipt.typ", {}, title="", author="", language="fr", created=dt.datetime(2026, 1, 1))
    with pytest.raises(TypeError):
        rendered(receipt(total=48.0))


def test_without_its_fonts_no_document_is_made_rather_than_another(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It would be kept as it is for ever, and look like no other document of the practice."""
    (tmp_path / "Inter-400.ttf").write_bytes((pdf.FONTS / "Inter-400.ttf").read_bytes())
    monkeypatch.setattr(pdf, "FONTS", tmp_path)
    assert pdf.missing_fonts() == ["Inter-500.ttf", "Inter-700.ttf"]
    with pytest.raises(pdf.DocumentError, match="fonts"):
        rendered(receipt())
