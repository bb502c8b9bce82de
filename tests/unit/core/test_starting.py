"""A remedy names the command that starts this practice's service on this machine."""

from pathlib import Path

import pytest
from django.conf import settings

from cuspide.core.service import starting


@pytest.fixture
def units(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(starting, "UNITS", tmp_path)
    return tmp_path


def test_without_a_unit_it_is_cuspide_serve(units: Path) -> None:
    assert starting.command() == "cuspide serve"


def test_the_unit_that_serves_this_folder_is_named_whatever_it_is_called(units: Path) -> None:
    serves = "[Service]\nExecStart=/usr/bin/cuspide serve --home {} --port 443\n"
    (units / "another.service").write_text(serves.format("/srv/another"))
    assert starting.command() == "cuspide serve", "another practice's unit starts another practice"
    (units / "cabinet.service").write_text(serves.format(f'"{settings.CUSPIDE_HOME.folder}"'))
    assert starting.command() == "systemctl restart cabinet"


def test_a_unit_that_cannot_be_read_is_passed_over(units: Path) -> None:
    (units / "broken.service").mkdir()
    (units / "odd.service").write_bytes(b'\xff\xfe\nExecStart=serve "\n')
    assert starting.command() == "cuspide serve"
