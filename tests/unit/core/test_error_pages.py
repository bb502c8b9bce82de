"""An error page says what happened and what to do, and nothing of the record."""

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError
from django.http import HttpResponse
from django.test import RequestFactory

from cuspide.core.db.errors import StoreError
from cuspide.core.keystore import PracticeKeyError
from cuspide.core.pages import errors


def answer_to(error: Exception) -> tuple[int, str]:
    request = RequestFactory().get("/patients/")
    try:
        raise error
    except Exception:
        response = errors.server_error(request)
    return response.status_code, response.content.decode()


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("connection refused"),
        StoreError("the store is not there"),
        PracticeKeyError("the key is missing"),
        DatabaseError("database disk image is malformed"),
        DatabaseError("file is not a database"),
    ],
)
def test_a_store_that_does_not_answer_is_told_apart_from_a_mistake_of_the_program(error: Exception) -> None:
    status, _page = answer_to(error)
    assert status == 503


@pytest.mark.parametrize("error", [IntegrityError("Key (nir)=(284037512345678)"), ValueError("MARTIN Léa")])
def test_the_words_of_an_error_never_reach_the_page(error: Exception) -> None:
    status, page = answer_to(error)
    assert status == 500
    assert "284037512345678" not in page
    assert "MARTIN" not in page


@pytest.mark.parametrize(
    ("length", "status"), [("2500001", 413), ("9" * 400, 413), ("2500000", 200), ("nonsense", 200)]
)
def test_what_is_too_large_is_refused_before_a_byte_of_it_is_read(length: str, status: int) -> None:
    class NeverRead:
        def read(self, *_sizes: int) -> bytes:
            raise AssertionError("was read")

    request = RequestFactory().post("/account/sign-in/", content_type="multipart/form-data; boundary=B")
    request.META |= {"CONTENT_LENGTH": length, "wsgi.input": NeverRead()}
    assert errors.MethodMiddleware(lambda _request: HttpResponse("kept"))(request).status_code == status


def test_no_file_of_a_form_is_large_enough_to_be_written_to_the_disk() -> None:
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= settings.DATA_UPLOAD_MAX_MEMORY_SIZE
