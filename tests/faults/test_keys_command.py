"""A practice is made with its escrow sheet, loses its key, and comes back from paper: the real commands, once."""

import os
import pty
import re
import select
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


class Terminal:
    """A command at which a person sits: what it shows, and what is typed."""

    def __init__(self, *words: str, home: Path, place: Path) -> None:
        self.side, other = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-m", "cuspide", *words, "--home", str(home), "--sheet", str(place)],
            env=clean_environment(),
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
            text=True,
        )
        os.close(other)
        self.dialogue = Dialogue(process, place)
        self.said, self.read = "", 0

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *_error: object) -> None:
        self.dialogue.process.kill()
        self.dialogue.process.wait()
        os.close(self.side)

    def waits_for(self, words: str) -> str:
        """What was shown since the last answer, once `words` stand in it."""
        end = time.monotonic() + 600
        while words not in self.said[self.read :]:
            assert self._more(), self.said
            assert time.monotonic() < end, self.said
        return self.said[self.read :]

    def types(self, text: str) -> None:
        self.read = len(self.said)
        os.write(self.side, text.encode() + b"\n")

    def answers(self, words: str, text: str) -> str:
        shown = self.waits_for(words)
        self.waits_for(": ")
        self.types(text)
        return shown

    def end(self) -> tuple[int, str]:
        while self._more():
            pass
        return self.dialogue.process.wait(timeout=600), self.said

    def _more(self) -> bool:
        if not select.select([self.side], [], [], 120)[0]:
            return False
        try:
            some = os.read(self.side, 65536)
        except OSError:  # the other side is closed: the command has ended
            return False
        self.said += some.decode(errors="replace").replace("\u00a0:", " :").replace("\u202f", " ")
        return bool(some)


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


def test_init_at_a_terminal_asks_again_what_was_mistyped(tmp_path: Path) -> None:
    """As the guide has a person type it: too short, not the same twice, then right; a wrong line of the sheet is asked
    again. Nothing that was typed in secret is shown."""
    place = tmp_path / "feuille.pdf"
    people = ["--name", "Cabinet Dupré", "--owner-name", "Anne Dupré", "--owner-email", "anne@cabinet.example"]
    with Terminal("init", *people, home=tmp_path / "cabinet", place=place) as terminal:
        terminal.answers("titulaire", "trop court")
        assert "12 caractères" in terminal.answers("titulaire", "un mot de passe solide")
        terminal.answers("encore une fois", "un mot de passe solede")
        assert "ne sont pas identiques" in terminal.answers("titulaire", "un mot de passe solide")
        terminal.answers("encore une fois", "un mot de passe solide")
        terminal.answers("Phrase de passe", "courte")
        terminal.answers("Phrase de passe", PHRASE)
        terminal.answers("encore une fois", PHRASE)
        assert not (tmp_path / "cabinet").exists()
        terminal.waits_for("Ligne 1")
        lines = terminal.dialogue.printed()
        terminal.types(lines[1])
        for number, line in enumerate(lines, 1):
            terminal.answers(f"Ligne {number}", line)
        status, said = terminal.end()
    assert status == 0, said
    assert "Traceback" not in said
    assert "solide" not in said
    assert PHRASE not in said
    assert (tmp_path / "cabinet" / "cuspide.toml").exists()


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--chairs", "0"], "entre 1 et 200 fauteuils"),
        ([], "n’est pas vide"),
        (["--sheet", "/proc/feuille.pdf"], "/proc"),
    ],
    ids=["no chair", "a folder that holds something", "a place for the sheet that cannot be written"],
)
def test_init_refuses_with_a_sentence(tmp_path: Path, words: list[str], told: str) -> None:
    """In a process of its own, where nothing has loaded the words of the program yet."""
    home = tmp_path / "cabinet"
    if not words:
        home.mkdir()
        (home / "lettre.txt").write_text("Chère Anne")
    people = ["--name", "Cabinet Dupré", "--owner-name", "Anne Dupré", "--owner-email", "anne@cabinet.example"]
    last = [] if "--sheet" in words else ["--without-sheet"]
    done = subprocess.run(
        [sys.executable, "-m", "cuspide", "init", "--home", home, *people, "--password-stdin", *words, *last],
        env=clean_environment(),
        input="un mot de passe solide\n",
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    assert told in done.stderr
    assert "Traceback" not in done.stderr
    assert [path.name for path in tmp_path.rglob("*")] == ([] if words else ["cabinet", "lettre.txt"])


def test_nothing_in_the_folder_tells_what_the_sheet_says(made: Made) -> None:
    secret = "".join("".join(line.split()[1:-1]) for line in made.lines)
    for path in made.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes().upper()
            assert secret.encode() not in content, path.name
            assert PHRASE.upper().encode() not in content, path.name


def test_a_new_practice_gets_its_dentist(practice: Path) -> None:
    """By the command of the guide; a number that cannot be one is told, and nobody is added."""
    words = ["practitioner", "--family-name", "Dupré", "--given-name", "Anne"]
    refused = cuspide(*words, "--rpps", "12345678901", home=practice)
    assert refused.returncode == 1
    assert "onze chiffres" in refused.stderr
    added = cuspide(*words, "--rpps", "10000000017", "--am-number", "264000019", home=practice)
    assert added.returncode == 0, added.stderr
    assert "Dr Anne Dupré" in added.stdout


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
