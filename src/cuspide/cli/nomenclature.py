"""`cuspide nomenclature import FILE`: an official CNAM export of the CCAM becomes a new dated edition."""

import argparse
from pathlib import Path

from cuspide.cli import start_django


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("action", choices=["import"])
    parser.add_argument("file", type=Path, help="the CSV export of the CCAM, as CNAM publishes it")


def run(arguments: argparse.Namespace) -> int:
    start_django()
    from cuspide.nomenclature import importing

    importing.run(arguments.file)
    return 0
