"""The owner reads whose rights she looks at: every room that declares one has a name."""

from cuspide.accounts.who_may import room_of
from cuspide.core.rights import declared


def test_every_room_with_rights_has_a_name() -> None:
    assert all(str(room_of(code)) != code.split(".")[0] for code in declared())
