"""How passwords are kept and which are refused: the settings of a practice, not those of the tests."""

import pytest
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.password_validation import get_password_validators, validate_password
from django.core.exceptions import ValidationError
from django.test import override_settings

from cuspide.accounts.models import User
from cuspide.config import settings as practice


def test_a_password_is_kept_as_argon2id() -> None:
    with override_settings(PASSWORD_HASHERS=practice.PASSWORD_HASHERS):
        kept = make_password("une phrase assez longue")
        assert kept.startswith("argon2$argon2id$")
        assert check_password("une phrase assez longue", kept)
        assert not check_password("une phrase assez longu", kept)
        memory_kib = int(kept.split("m=")[1].split(",")[0])
    assert memory_kib >= 19_456, "what OWASP asks of Argon2id at the least"


@pytest.mark.parametrize("weak", ["court", "12345678901234", "motdepasse", "claire.aubert@x.example", "claire aubert"])
def test_a_weak_password_is_refused(weak: str) -> None:
    rules = get_password_validators(practice.AUTH_PASSWORD_VALIDATORS)
    with pytest.raises(ValidationError):
        validate_password(weak, User(email="claire.aubert@x.example", display_name="Claire Aubert"), rules)
