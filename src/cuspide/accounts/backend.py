"""Password sign-in. A closed account answers like a wrong password: it does not say that it ever was."""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import QuerySet

from cuspide.accounts.models import User
from cuspide.core.db.prepared import prepared


@prepared
def _by_number(number: Any) -> QuerySet[User]:
    return User.objects.filter(pk=number)


class PasswordBackend(AuthenticationBackend):
    @classmethod
    def _stash_user(cls, _user: Any) -> Any:
        """allauth keeps a closed account aside to send the person to a page that says so; here nobody is kept."""
        return None

    def get_user(self, user_id: int) -> User | None:
        """Whose session it is, asked at every page; nobody once the account is closed."""
        user = next(iter(_by_number(user_id)), None)
        return user if user is not None and self.user_can_authenticate(user) else None
