"""`cuspide nomenclature import FILE`: an official CNAM export of the CCAM becomes a new dated edition."""

import argparse

from cuspide.cli import start_django


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.nomenclature import importing

    importing.run(arguments.file)
    return 0
