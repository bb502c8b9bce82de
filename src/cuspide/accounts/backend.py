"""Password sign-in. A closed account answers like a wrong password: it does not say that it ever was."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend


class PasswordBackend(AuthenticationBackend):
    @classmethod
    def _stash_user(cls, _user: Any) -> Any:
        """allauth keeps a closed account aside to send the person to a page that says so; here nobody is kept."""
        return None
