"""`cuspide manage …`: Django's own commands on the practice, for developers and for migrations."""

import argparse
import sys

from cuspide.cli import start_django


def run(arguments: argparse.Namespace) -> int:
    from django.core.management import ManagementUtility

    start_django()
    ManagementUtility([sys.argv[0], *arguments.command]).execute()
    return 0
