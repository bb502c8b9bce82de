"""Answers that are files."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header


def pdf_response(content: bytes, name: str, *, attachment: bool = False) -> HttpResponse:
    """A document shown in the browser, or kept as a file; its name tells a number and nobody's name."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(as_attachment=attachment, filename=name) or "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
