"""`cuspide service systemd`: the unit by which Linux starts the practice, with this installation's own paths in it.

It is printed and not installed: what runs as administrator is the operator's to read first.
"""

import argparse
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.cli import start_django
from cuspide.core.errors import DomainError
from cuspide.core.home import load

_HOMES = tuple(map(Path, ("/home", "/root", "/run/user")))

# Ports below are opened by the administrator, or by whom he lets.
_FIRST_OF_EVERYBODY = 1024

_UNIT = """\
# Cuspide under systemd. Written by: cuspide service systemd
# Put it into /etc/systemd/system/cuspide.service, then: systemctl daemon-reload && systemctl enable --now cuspide

[Unit]
Description=Cuspide, the information system of the practice
Wants=network-online.target
After=network-online.target postgresql.service

[Service]
Type=exec
User={user}
ExecStart={program} serve --home {home} --host {host} --port {port}{plain}
{key}Restart=always
RestartSec=2
KillMode=mixed
TimeoutStopSec=20
UMask=0077

# It writes to the practice's folder and to nothing else.
ProtectSystem=strict
ProtectHome={protect_home}
ReadWritePaths={writes}
PrivateTmp=yes
PrivateDevices=yes

# It becomes nobody else, and gets no right of the administrator{but}.
NoNewPrivileges=yes
CapabilityBoundingSet={capability}
AmbientCapabilities={capability}
RestrictSUIDSGID=yes
RestrictNamespaces=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
RemoveIPC=yes

# It changes nothing of the machine.
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
RestrictRealtime=yes

# It speaks by network and socket, with the calls of a service.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
"""


def run(arguments: argparse.Namespace) -> int:
    start_django()
    program = Path(sys.argv[0]).absolute()
    if program.name not in {"cuspide", "cuspide.exe"}:
        program = Path(sys.executable).with_name("cuspide")
    text = unit(
        program=program,
        runtime=(Path(sys.prefix), Path(sys.base_prefix)),
        home=load().folder,
        user=arguments.user,
        host=arguments.host,
        port=arguments.port,
        plain_port=arguments.plain_port,
        key=Path(arguments.key).absolute() if arguments.key else None,
    )
    print(text, end="")
    return 0


def unit(
    *,
    program: Path,
    runtime: tuple[Path, ...],
    home: Path,
    user: str,
    host: str,
    port: int,
    plain_port: int | None,
    key: Path | None,
) -> str:
    """The text of the unit. `runtime` are the folders that the program is read from. DomainError for a path or a name
    that systemd cannot be told."""
    ports = [port, port if plain_port is None else plain_port or port]
    if not (
        all(1 <= one <= 65535 for one in ports) and user.isascii() and user.replace("-", "").replace("_", "").isalnum()
    ):
        raise DomainError(_("The account or the port is not one that systemd knows."))
    below_homes = any(
        path.is_relative_to(place) for path in (program, program.resolve(), home, *runtime) for place in _HOMES
    )
    handed_over = ""
    if key is not None:
        # The service reads a copy that only it sees, in memory, as long as it runs.
        handed_over = f"LoadCredential=key:{_literal(key)}\nEnvironment=CUSPIDE_KEY_FILE=%d/key\n"
    below = min(ports) < _FIRST_OF_EVERYBODY
    return _UNIT.format(
        user=user,
        plain="" if plain_port is None else f" --plain-port {plain_port}",
        but=" but to open a port below 1024" if below else "",
        capability="CAP_NET_BIND_SERVICE" if below else "",
        program=_word(program),
        home=_word(home),
        host=_word(host),
        port=port,
        key=handed_over,
        protect_home="read-only" if below_homes else "yes",
        writes=_quoted(home),
    )


def _literal(path: Path | str) -> str:
    """A path as systemd reads it: its own percent signs are doubled, what it cannot hold is refused."""
    text = str(path)
    if not text.isprintable():
        raise DomainError(_("A path with a line break or a control character cannot stand in a unit of systemd."))
    return text.replace("%", "%%")


def _quoted(path: Path | str) -> str:
    """The same where several words may stand."""
    text = _literal(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def _word(text: Path | str) -> str:
    """A word of a command line, in which a dollar sign would name a variable."""
    return _quoted(text).replace("$", "$$")
