"""`bin/demo`: a living practice on this machine, ready to sign in to.

Makes the environment and the front end where they are missing, then hands over to `cuspide demo`, which creates
the encrypted practice when there is none and serves it.
"""

from __future__ import annotations

import argparse
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from bootstrap import ROOT, build_front_end, environment, make_environment, require_python, system_node, venv_script
from speech import BootstrapError, say, words

# One level down: `cuspide demo` fills a folder beside this one and gives it the name when it is whole.
PRACTICE = ROOT / ".demo" / "practice"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bin/demo",
        description=words(
            "Crée un cabinet de démonstration chiffré et l’ouvre sur http://localhost:8000.",
            "Creates an encrypted demonstration practice and serves it on http://localhost:8000.",
        ),
    )
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument(
        "--home", type=Path, default=ROOT / ".demo" / "practice", help=words("où vit le cabinet", "where it lives")
    )
    parser.add_argument("--reset", action="store_true", help=words("repartir d’un cabinet neuf", "start afresh"))
    parser.add_argument(
        "--prepare", action="store_true", help=words("tout installer sans rien démarrer", "install all, start nothing")
    )
    options = parser.parse_args()
    if not 1 <= options.port <= 65535:
        parser.error(words("le port va de 1 à 65535", "a port is between 1 and 65535"))
    return options


def require_free_port(port: int) -> None:
    """Said before the minutes of the first installation, not after."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except PermissionError as error:
            raise BootstrapError(
                words(f"Le port {port} est réservé à l’administrateur.", f"Port {port} needs an administrator.")
            ) from error
        except OSError as error:
            if family == socket.AF_INET6:  # no IPv6 here is no fault
                continue
            raise BootstrapError(
                words(
                    f"Le port {port} est déjà pris par un autre programme. Essayez\N{NO-BREAK SPACE}:"
                    f" bin/demo --port {port + 1}",
                    f"Port {port} is taken by another program. Try: bin/demo --port {port + 1}",
                )
            ) from error


def remove_practice(home: Path) -> None:
    """Only what `cuspide demo` made is removed: a folder with anything else in it is left alone."""
    if home.exists() and any(home.iterdir()) and home != PRACTICE:
        raise BootstrapError(
            words(
                f"--reset n’efface que {PRACTICE}\N{NO-BREAK SPACE}; supprimez {home} vous-même.",
                f"--reset only removes {PRACTICE}; remove {home} yourself.",
            )
        )
    shutil.rmtree(home, ignore_errors=True)


def main() -> int:
    options = arguments()
    try:
        require_python()
        require_free_port(options.port)
        home = options.home.expanduser().absolute()
        make_environment({"build"} if system_node() else {"build", "node"})
        build_front_end()
        if options.prepare:
            return 0
        if options.reset:
            remove_practice(home)
    except BootstrapError as error:
        say(str(error), str(error))
        return 3
    except KeyboardInterrupt:
        say("Interrompu.", "Interrupted.")
        return 130
    command = [str(venv_script("cuspide")), "demo", "--home", str(home), "--port", str(options.port)]
    sys.stdout.flush()
    if os.name == "posix":
        os.execve(command[0], command, environment())
    return subprocess.run(command, env=environment(), check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
