"""`cuspide demo`: a practice that looks alive, with invented patients; made once, then served."""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

from django.utils.translation import gettext as _

from cuspide.cli.making import new_practice
from cuspide.core.home import load, write_private

_SIGN_IN = "demo-accounts.json"


def run(arguments: argparse.Namespace) -> int:
    final = load().folder
    if not load(final).exists:
        make(final, patients=arguments.patients, years=arguments.years, seed=arguments.seed, url=arguments.store)
    tell(final, arguments.port)
    if arguments.no_serve:
        return 0
    sys.stdout.flush()
    command = [
        sys.executable,
        "-m",
        "cuspide",
        "serve",
        "--home",
        str(final),
        "--host",
        arguments.host,
        "--port",
        str(arguments.port),
    ]
    if os.name == "posix":
        # The same process goes on: whoever ends the demo ends the server, and nothing is left behind.
        os.execv(command[0], command)  # noqa: S606  our own interpreter
    return subprocess.call(command)


def make(final: Path, *, patients: int, years: int | None = None, seed: int = 1, url: str = "") -> None:
    """Make the demo practice in a folder that does not exist yet, whole or not at all. `years` of history: five, of a
    large practice one, because five of it take much memory."""
    started = time.monotonic()
    with new_practice(final, url=url, demo=True) as home:
        from cuspide.accounts.demo import Credential
        from cuspide.core import demo, store
        from cuspide.core.actor import Actor
        from cuspide.core.cores import cores
        from cuspide.nomenclature.services import load_edition

        store.make(home)
        load_edition(Actor.system("demo"))
        context = demo.build(
            demo.DemoContext(
                seed=seed,
                patients=patients,
                years_behind=years or (5 if patients <= demo.KNOWN else 1),
                processes=cores() if os.name == "posix" else 1,
                say=lambda line: print(f"  {time.monotonic() - started:5.1f} s  {line}", flush=True),
            )
        )
        credentials: list[Credential] = context.shared["credentials"]
        rows = [
            {
                "role": str(one.role),
                "name": one.name,
                "email": one.email,
                "password": one.password,
                "totp_secret": one.totp_secret,
            }
            for one in credentials
        ]
        write_private(home.folder / _SIGN_IN, json.dumps(rows, ensure_ascii=False, indent=1).encode())
    print(_("It has no escrow sheet: its patients are invented. A real practice types one back before it is made."))
    print(_("Demo practice made in %(seconds).0f s.") % {"seconds": time.monotonic() - started}, flush=True)


def tell(folder: Path, port: int) -> None:
    """Print how to sign in to a demo practice. Its people are invented and so are their passwords."""
    from cuspide.cli import start_django

    start_django()
    from cuspide.accounts.totp import current_code

    print()
    print(_("Cuspide demo practice: http://localhost:%(port)d") % {"port": port})
    for one in json.loads((folder / _SIGN_IN).read_text(encoding="utf-8")):
        second = ""
        if one["totp_secret"]:
            second = _("   code now %(code)s (secret %(secret)s)") % {
                "code": current_code(one["totp_secret"]),
                "secret": one["totp_secret"],
            }
        print(f"  {one['role']:<12} {one['email']:<32} {one['password']}{second}")
    print()
