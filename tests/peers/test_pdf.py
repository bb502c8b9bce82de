"""Our documents in the hands of others: poppler reads the words, qpdf the structure, pikepdf the PDF/A mark."""

import io
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from tests.support.secretary import signed_in
from tests.support.server import LivePractice, ask

INVOICE = """
from cuspide.billing.models import Invoice
found = Invoice.objects.order_by("-pk").first()
answer = found and [str(found.uuid), found.number_text, str(found.total), found.patient.birth_name]
"""
PDF_LINK = re.compile(r'href="(/billing/[^"]*(?:pdf|document)[^"]*)"')


@pytest.fixture(scope="module")
def invoice(live_practice: LivePractice) -> Any:
    """The newest invoice of the demo practice: its facts, and the PDF as a browser gets it."""
    found = ask(live_practice.folder, INVOICE)
    assert found, "the demo practice has no invoice"
    return found


@pytest.fixture(scope="module")
def document(live_practice: LivePractice, invoice: Any) -> bytes:
    session = signed_in(live_practice)
    page = session.get(f"/billing/invoices/{invoice[0]}/")
    assert page.status == 200, page.location
    link = PDF_LINK.search(page.text)
    assert link, "the invoice's page leads to no PDF"
    answer = session.get(link[1].replace("&amp;", "&"))
    assert answer.status == 200
    assert answer.headers["Content-Type"] == "application/pdf"
    assert invoice[3] not in str(answer.headers), "a name stands in the headers, and so in the file's name"
    return answer.body


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"no {name} on this machine")
    return found


def test_pdftotext_reads_number_name_and_amount(document: bytes, invoice: Any, tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(document)
    done = subprocess.run(
        [program("pdftotext"), "-layout", tmp_path / "invoice.pdf", "-"], capture_output=True, text=True, check=True
    )
    _uuid, number, total, name = invoice
    text = re.sub(r"[\u00a0\u202f]", " ", done.stdout)
    assert number in text
    assert name.casefold() in text.casefold()
    whole, cents = total.split(".")
    assert f"{int(whole):,}".replace(",", " ") + f",{cents} €" in text, text


def test_pdfinfo_sees_a_tagged_document_with_a_title_and_no_script(document: bytes, tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(document)
    done = subprocess.run([program("pdfinfo"), tmp_path / "invoice.pdf"], capture_output=True, text=True, check=True)
    facts = dict(line.split(":", 1) for line in done.stdout.splitlines() if ":" in line)
    facts = {name.strip(): value.strip() for name, value in facts.items()}
    assert facts["Title"]
    assert facts["Tagged"] == "yes"
    assert facts["JavaScript"] == "no"
    assert facts["Encrypted"] == "no"
    assert facts["Page size"].endswith("(A4)")


def test_qpdf_finds_nothing_wrong(document: bytes, tmp_path: Path) -> None:
    (tmp_path / "invoice.pdf").write_bytes(document)
    done = subprocess.run([program("qpdf"), "--check", tmp_path / "invoice.pdf"], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_it_says_that_it_is_an_accessible_archive_document(document: bytes) -> None:
    """PDF/A-2 and PDF/UA-1 by their own marks in the metadata; every font is in the file."""
    with pikepdf.open(io.BytesIO(document)) as pdf, pdf.open_metadata() as metadata:
        assert metadata["pdfaid:part"] == "2"
        assert metadata["pdfaid:conformance"] in {"A", "U", "B"}
        assert metadata["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang).startswith("fr")
        assert bool(pdf.Root.MarkInfo.Marked)
        assert "/OutputIntents" in pdf.Root
        for font in [thing for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary)]:
            if font.get("/Type") == "/FontDescriptor":
                assert any(name in font for name in ("/FontFile", "/FontFile2", "/FontFile3")), font.get("/FontName")
