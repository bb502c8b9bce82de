"""A practice is made with its escrow sheet, loses its key, and comes back from paper: the real commands, once."""

import re
import shutil
import stat
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.server import clean_environment, cuspide

pytestmark = [
    pytest.mark.timeout(1200),
    pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext"),
]

PHRASE = "quatre mots sans aucun rapport"
_LINE = re.compile(r"^ *[1-5](?: +[A-Z0-9]{2,4}){3,4} *$", re.MULTILINE)


@dataclass
class Dialogue:
    """A command that prints a sheet and waits for it to be typed back."""

    process: subprocess.Popen[str]
    place: Path

    def printed(self) -> list[str]:
        """The lines of the sheet, as a program that is not ours reads them from the PDF."""
        end = time.monotonic() + 600
        while not self.place.exists() or not self.place.read_bytes().rstrip().endswith(b"%%EOF"):
            assert self.process.poll() is None, self.process.communicate()
            assert time.monotonic() < end
            time.sleep(0.05)
        text = subprocess.run(["pdftotext", "-layout", self.place, "-"], capture_output=True, text=True, check=True)
        lines = _LINE.findall(text.stdout)
        assert len(lines) == 5, text.stdout
        return lines

    def answer(self, text: str) -> tuple[int, str]:
        said, _none = self.process.communicate(text, timeout=600)
        return self.process.returncode, said


def started(*words: str, home: Path, place: Path, first: str = "") -> Dialogue:
    process = subprocess.Popen(
        [sys.executable, "-m", "cuspide", *words, "--home", str(home), "--sheet", str(place)],
        env=clean_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(first)
    process.stdin.flush()
    return Dialogue(process, place)


def init(home: Path, place: Path) -> Dialogue:
    people = ["--name", "Cabinet Dupré", "--owner-name", "Anne Dupré", "--owner-email", "anne@cabinet.example"]
    first = f"un mot de passe solide\n{PHRASE}\n"
    return started("init", *people, "--password-stdin", "--passphrase-stdin", home=home, place=place, first=first)


@dataclass(frozen=True)
class Made:
    folder: Path
    lines: list[str]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    """A practice made with its sheet; what the paper says."""
    base = tmp_path_factory.mktemp("init")
    dialogue = init(base / "cabinet", base / "feuille.pdf")
    lines = dialogue.printed()
    assert stat.S_IMODE((base / "feuille.pdf").stat().st_mode) == 0o600
    assert not (base / "cabinet").exists(), "the practice has its name before the sheet was typed back"
    status, said = dialogue.answer("\n".join(lines) + "\n")
    assert status == 0, said
    return Made(base / "cabinet", lines)


@pytest.fixture
def practice(made: Made, tmp_path: Path) -> Path:
    """A copy of it for one test."""
    shutil.copytree(made.folder, tmp_path / "cabinet")
    return tmp_path / "cabinet"


def typed(*words: str, home: Path, text: str) -> subprocess.CompletedProcess[str]:
    return cuspide(*words, "--home", home, given=text)


def test_init_without_the_sheet_typed_back_leaves_nothing(tmp_path: Path) -> None:
    """The wrong sheet, with one letter changed, is named by its line; folder, key and sheet are gone afterwards."""
    dialogue = init(tmp_path / "cabinet", tmp_path / "feuille.pdf")
    lines = dialogue.printed()
    at = lines[2].index(lines[2].split()[1])
    lines[2] = lines[2][:at] + ("Q" if lines[2][at] != "Q" else "P") + lines[2][at + 1 :]
    status, said = dialogue.answer("\n".join(lines) + "\n")
    assert status == 1
    assert "ligne 3" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_nothing_in_the_folder_tells_what_the_sheet_says(made: Made) -> None:
    secret = "".join("".join(line.split()[1:-1]) for line in made.lines)
    for path in made.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().upper()
            assert secret.encode() not in content, path.name
            assert PHRASE.upper().encode() not in content, path.name


def test_a_lost_key_comes_back_from_the_sheet(practice: Path, made: Made) -> None:
    key = (practice / "key").read_bytes()
    (practice / "key").unlink()
    refused = cuspide("check", home=practice)
    assert "cuspide key recover" in refused.stderr
    back = typed("key", "recover", "--with", "sheet", home=practice, text="\n".join(made.lines) + "\n")
    assert back.returncode == 0, back.stdout + back.stderr
    assert (practice / "key").read_bytes() == key
    assert stat.S_IMODE((practice / "key").stat().st_mode) == 0o600
    checked = cuspide("check", home=practice)
    assert "Traceback" not in checked.stdout + checked.stderr
    assert checked.returncode == 0, checked.stdout


def test_another_practices_key_gives_way_to_the_right_one_and_is_kept(practice: Path) -> None:
    key, another = (practice / "key").read_bytes(), b"cuspide-key-1:" + b"A" * 43 + b"=\n"
    (practice / "key").write_bytes(another)
    back = typed("key", "recover", "--passphrase-stdin", home=practice, text=PHRASE + "\n")
    assert back.returncode == 0, back.stdout + back.stderr
    assert (practice / "key").read_bytes() == key
    assert (practice / "key.before-recovery").read_bytes() == another


@pytest.mark.parametrize("damage", [b"", b"{", b"cut"])
def test_without_usable_copies_nothing_is_recovered_and_nothing_changed(practice: Path, damage: bytes) -> None:
    copies = practice / "keys.json"
    copies.write_bytes(copies.read_bytes()[:400] if damage == b"cut" else damage)
    (practice / "key").unlink()
    refused = typed("key", "recover", "--passphrase-stdin", home=practice, text=PHRASE + "\n")
    assert refused.returncode == 1
    assert refused.stderr.startswith("cuspide: ")
    assert "Traceback" not in refused.stderr
    assert not (practice / "key").exists()


def test_a_wrong_passphrase_is_refused(practice: Path) -> None:
    refused = typed("key", "verify", "--passphrase-stdin", home=practice, text="pas la bonne du tout\n")
    assert refused.returncode == 1
    assert "phrase de passe" in refused.stderr


def test_a_new_sheet_takes_the_place_of_the_earlier_one(practice: Path, made: Made, tmp_path: Path) -> None:
    dialogue = started("key", "sheet", home=practice, place=tmp_path / "neuve.pdf")
    lines = dialogue.printed()
    status, said = dialogue.answer("\n".join(lines) + "\n")
    assert status == 0, said
    proved = typed("key", "verify", "--with", "sheet", home=practice, text="\n".join(lines) + "\n")
    assert proved.returncode == 0, proved.stderr
    old = typed("key", "verify", "--with", "sheet", home=practice, text="\n".join(made.lines) + "\n")
    assert old.returncode == 1
    assert "une plus récente" in old.stderr


def test_another_key_comes_with_a_sheet_and_the_earlier_one_opens_nothing(
    practice: Path, made: Made, tmp_path: Path
) -> None:
    before = {name: (practice / name).read_bytes() for name in ("key", "keys.json", "cuspide.toml", "store.sqlite3")}
    words = ["key", "change", "--passphrase-stdin"]
    dialogue = started(*words, home=practice, place=tmp_path / "neuve.pdf", first="encore d'autres mots\n")
    dialogue.printed()
    status, said = dialogue.answer("\n".join(made.lines) + "\n")
    assert status == 1, "the earlier sheet was typed back instead of the new one"
    assert "Traceback" not in said
    assert not (tmp_path / "neuve.pdf").exists()
    assert {name: (practice / name).read_bytes() for name in before} == before

    dialogue = started(*words, home=practice, place=tmp_path / "neuve.pdf", first="encore d'autres mots\n")
    lines = dialogue.printed()
    status, said = dialogue.answer("\n".join(lines) + "\n")

    assert status == 0, said
    assert (practice / "key").read_bytes() != before["key"]
    (practice / "key").unlink()
    old = typed("key", "recover", "--with", "sheet", home=practice, text="\n".join(made.lines) + "\n")
    assert old.returncode == 1
    assert "une plus récente" in old.stderr
    back = typed("key", "recover", "--with", "sheet", home=practice, text="\n".join(lines) + "\n")
    assert back.returncode == 0, back.stderr
    checked = cuspide("check", home=practice)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_a_folder_that_takes_nothing_more_is_said(practice: Path) -> None:
    """A folder where the new file should be stands for a disk that refuses: root writes anywhere."""
    (practice / "keys.json.half").mkdir()
    before = (practice / "keys.json").read_bytes()
    refused = typed("key", "verify", "--passphrase-stdin", home=practice, text=PHRASE + "\n")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert "keys.json" in refused.stderr
    assert (practice / "keys.json").read_bytes() == before
