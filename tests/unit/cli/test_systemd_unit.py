"""The unit that `cuspide service systemd` prints: right paths, closed to all that the service does not need."""

from pathlib import Path
from typing import Any

import pytest

from cuspide.cli.service import unit
from cuspide.core.errors import DomainError

PLAIN: dict[str, Any] = {
    "program": Path("/opt/cuspide/bin/cuspide"),
    "runtime": (Path("/opt/cuspide"), Path("/usr")),
    "home": Path("/var/lib/cuspide"),
    "user": "cuspide",
    "host": "127.0.0.1",
    "port": 8000,
    "plain_port": None,
    "key": None,
}


def test_only_the_practices_folder_can_be_written_to() -> None:
    lines = unit(**PLAIN).splitlines()
    assert [line for line in lines if line.startswith("ReadWritePaths")] == ['ReadWritePaths="/var/lib/cuspide"']
    assert "ProtectSystem=strict" in lines
    assert "ProtectHome=yes" in lines
    assert "LoadCredential" not in "\n".join(lines)


@pytest.mark.parametrize("moved", [{"home": Path("/home/anne/cabinet")}, {"runtime": (Path("/root/.local/pipx"),)}])
def test_a_program_or_practice_below_a_persons_home_can_still_be_read(moved: dict[str, Any]) -> None:
    assert "ProtectHome=read-only" in unit(**PLAIN | moved)


def test_a_key_that_only_the_administrator_reads_is_handed_over() -> None:
    text = unit(**PLAIN | {"key": Path("/etc/cuspide/key")})
    assert "LoadCredential=key:/etc/cuspide/key\nEnvironment=CUSPIDE_KEY_FILE=%d/key\n" in text


def test_the_ports_of_the_web_are_opened_without_any_other_right() -> None:
    lines = unit(**PLAIN | {"host": "0.0.0.0", "port": 443, "plain_port": 80}).splitlines()
    assert "CapabilityBoundingSet=CAP_NET_BIND_SERVICE" in lines
    assert "AmbientCapabilities=CAP_NET_BIND_SERVICE" in lines
    assert next(line for line in lines if line.startswith("ExecStart")).endswith(
        'serve --home "/var/lib/cuspide" --host "0.0.0.0" --port 443 --plain-port 80'
    )
    for ports in ({}, {"plain_port": 0}):
        assert "CapabilityBoundingSet=" in unit(**PLAIN | ports).splitlines()


def test_a_strange_path_stays_one_word_and_its_own() -> None:
    text = unit(**PLAIN | {"home": Path('/srv/cabinet 100 % "Dupont" $HOME')})
    assert 'ReadWritePaths="/srv/cabinet 100 %% \\"Dupont\\" $HOME"' in text
    assert 'serve --home "/srv/cabinet 100 %% \\"Dupont\\" $$HOME" --host' in text


@pytest.mark.parametrize(
    "wrong",
    [
        {"home": Path("/srv/x\nExecStart=/bin/sh")},
        {"user": "root\nUser=x"},
        {"user": "a b"},
        {"port": 0},
        {"plain_port": 65536},
        {"host": "\n"},
    ],
)
def test_nothing_slips_a_line_of_its_own_into_the_unit(wrong: dict[str, Any]) -> None:
    with pytest.raises(DomainError):
        unit(**PLAIN | wrong)
