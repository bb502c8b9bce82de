"""The restore kit followed to the letter: what is typed comes from the printed sheet, in an empty folder, with the
system's own tools, without the network and without Cuspide."""

import json
import re
import shutil
import sqlite3
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.faults.test_backup import FILE, done
from tests.faults.test_one_file import with_sheet
from tests.support.server import LivePractice, ask, cuspide

TOOLS = ("restic", "age", "zstd", "pdftotext", "tar")
pytestmark = [
    pytest.mark.timeout(1800),
    pytest.mark.skipif(not all(map(shutil.which, TOOLS)), reason=f"needs {', '.join(TOOLS)}"),
]
PYTHON = "/usr/bin/python3"


@pytest.fixture
def by_hand() -> None:
    found = subprocess.run([PYTHON, "-c", "import cryptography.hazmat.primitives.keywrap"], check=False)
    if found.returncode:
        pytest.skip("the system's Python has no package cryptography")


def text_of(pdf: Path) -> str:
    return subprocess.run(["pdftotext", "-layout", pdf, "-"], capture_output=True, text=True, check=True).stdout


def commands(pdf: Path) -> dict[str, list[str]]:
    """What stands behind the dollar signs, by the part of the sheet; the first part is what is installed."""
    found: dict[str, list[str]] = {"": []}
    part = ""
    for line in text_of(pdf).splitlines():
        part = line.strip()[0] if re.match(r" *[AB]\. ", line) else part
        if line.strip().startswith("$ "):
            found.setdefault(part, []).append(line.strip()[2:])
    return found


def typed(given: list[str], answers: dict[str, str], sheet: str, empty: Path) -> Path:
    """Type them, what the reader completes completed, in an empty folder with nothing of Cuspide in reach."""
    empty.mkdir()
    lines = [next((line + value for name, value in answers.items() if line == name), line) for line in given]
    alone = ["unshare", "-n"] if subprocess.run(["unshare", "-n", "true"], check=False).returncode == 0 else []
    command = [*alone, "env", "-i", f"HOME={empty}", "PATH=/usr/bin:/bin", "bash", "-e", "-c", "\n".join(lines)]
    ran = subprocess.run(command, cwd=empty, input=sheet + "\n", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return empty


def proved(folder: Path) -> None:
    with sqlite3.connect(folder / "plain.sqlite3") as plain:
        assert plain.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert plain.execute("SELECT count(*) FROM patients_patient").fetchone() == (60,)
    assert b"une radiographie" * 1000 in {one.read_bytes() for one in (folder / "documents").iterdir()}


def test_the_printed_kit_typed_to_the_letter_brings_the_practice_back(
    own_practice: LivePractice, by_hand: None, tmp_path: Path
) -> None:
    home, disk, medium = own_practice.folder, tmp_path / "disk", tmp_path / "medium"
    medium.mkdir()
    sheet = "AGE-SECRET-KEY-1" + "".join("".join(line.split()[1:-1]) for line in with_sheet(home, tmp_path))
    ask(home, FILE)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    ask(home, "from cuspide.patients.models import Patient\nanswer = Patient.objects.update(language='en')")
    done("backup", "run", home=home)
    done("backup", "file", medium, "--split", "1MB", home=home)
    kit = tmp_path / "kit.pdf"
    done("backup", "kit", kit, home=home)
    said = text_of(kit)
    assert str(disk) in said
    assert sheet[16:30] not in said
    shutil.rmtree(home)

    given = commands(kit)
    assert given[""][0].startswith("sudo apt install ")
    assert set(TOOLS) - {"pdftotext", "tar"} <= set(given[""][0].split())
    (first,) = sorted(medium.glob("*.001"))
    answers = {"PLACE=": str(disk), "FILE=": str(first).removesuffix(".001")}
    proved(typed(given["A"], answers, sheet, tmp_path / "from a place"))
    proved(typed(given["B"], answers, sheet, tmp_path / "from one file"))


def test_the_script_that_is_printed_is_the_one_that_is_carried(own_practice: LivePractice, tmp_path: Path) -> None:
    """Typed from paper it is the same, to the last character that is not a space."""
    home = own_practice.folder
    kit, disk = tmp_path / "kit.pdf", tmp_path / "disk"
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "kit", kit, home=home)
    carried = (disk / "kit" / "by_hand.py").read_text()
    (wheel,) = (disk / "kit").glob("sqlcipher3_wheels-*.whl")
    assert zipfile.ZipFile(wheel).testzip() is None
    assert {one.name for one in (disk / "kit").iterdir()} == {"by_hand.py", "kit.pdf", "README.txt", wheel.name}
    printed = text_of(kit)
    printed = printed[printed.index('"""A practice brought back by hand') :]
    printed = re.sub(r"^.*· \d+ / \d+$|\f", "", printed, flags=re.MULTILINE)
    assert "".join(printed.split()) == "".join(carried.split())


def test_check_asks_for_the_kit_and_again_when_places_change(own_practice: LivePractice, tmp_path: Path) -> None:
    home = own_practice.folder

    def told() -> str:
        rows = [json.loads(line) for line in cuspide("check", "--json", home=home).stdout.splitlines()]
        return str(next(row["message"] for row in rows if row["check"] == "kit"))

    assert "jamais" in told()
    done("backup", "kit", tmp_path / "kit.pdf", home=home)
    assert "imprimé le" in told()
    done("backup", "add", "Disque A", tmp_path / "A", home=home)
    assert "autres" in told()
