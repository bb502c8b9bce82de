"""“The day it burns” of the operator's guide, followed to the letter: each command of the section is typed as it
stands, with the place and the folder of this machine."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.faults.test_backup import ROWS, done
from tests.faults.test_one_file import with_sheet
from tests.support.server import ROOT, LivePractice, ask, cuspide

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(shutil.which("restic") is None, reason="needs restic"),
]
GUIDE = ROOT / "docs" / "operator" / "backups.md"
PLACE = "/media/cabinet-a/cuspide"


def commands(heading: str) -> list[list[str]]:
    """The words of each command of a section, without its comment."""
    section = GUIDE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    lines = re.findall(r"^    as_cuspide (.+)$", section, flags=re.MULTILINE)
    return [shlex.split(line, comments=True) for line in lines]


def test_the_day_it_burns_is_followed_to_the_letter(own_practice: LivePractice, tmp_path: Path) -> None:
    home, disk, new = own_practice.folder, tmp_path / "cuspide", tmp_path / "empty machine" / "cabinet"
    new.parent.mkdir()
    lines = with_sheet(home, tmp_path)
    done("backup", "add", "Disque A", disk, home=home)
    done("backup", "run", home=home)
    before = ask(home, ROWS)
    mark = ask(home, "from cuspide.core import keystore\nanswer = keystore.practice_home().key_id")
    shutil.rmtree(home)
    typed = commands("The day it burns")
    assert [words[0] for words in typed] == ["restore", "restore"]
    said = ""
    for words in typed:
        here = [str(disk) if word == PLACE else word for word in words]
        assert here != words, "the guide names the place"
        said = done(*here, home=new, given="\n".join(lines) + "\n")
    assert mark in said, "it is to be compared with the sheet"
    assert ask(new, ROWS) == before
    own_practice.folder = new
    with own_practice:  # “Then start the service”
        assert cuspide("check", home=new).returncode in (0, 1)
        assert "Réserve" not in done("backup", "list", home=new)
    done("backup", "run", home=new)


def test_the_ways_back_of_the_guide_are_commands_that_exist() -> None:
    for heading in ("Back to an earlier point", "One file, for any medium", "Removable disks in rotation"):
        found = commands(heading)
        assert found
        for verb, *_rest in found:
            assert verb in {"point", "backup"}
