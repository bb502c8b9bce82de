"""`cuspide check | head -1`: who has read enough goes, and the command ends without a word."""

import subprocess
import sys

from tests.support.server import clean_environment, copied_practice


def test_a_command_whose_reader_has_gone_ends_quietly() -> None:
    with copied_practice() as practice:
        process = subprocess.Popen(
            [sys.executable, "-m", "cuspide", "check", "--home", str(practice.folder)],
            env=clean_environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None
        process.stdout.close()
        _nothing, complaint = process.communicate(timeout=600)
    assert (process.returncode, complaint) == (141, b"")
