"""A store as a base and its changed pages: whatever was written in between, every copy gives back what was there."""

import subprocess
import sys
import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cuspide.continuity import pages
from cuspide.continuity.pages import PAGE, DamagedError, assemble, copy_base, copy_delta, read_manifest

# Pages changed (place, letter), and how many pages the store then has.
_EDITS = st.lists(
    st.tuples(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3)), max_size=6), st.integers(0, 41)),
    max_size=6,
)


def _page(letter: int) -> bytes:
    return bytes([letter]) * PAGE


@given(first=st.lists(st.integers(0, 3), max_size=40), edits=_EDITS)
def test_every_copy_gives_back_the_store_as_it_was(
    first: list[int], edits: list[tuple[list[tuple[int, int]], int]]
) -> None:
    with tempfile.TemporaryDirectory() as place:
        store, generation = Path(place) / "store", Path(place) / "generation"
        held = [_page(letter) for letter in first]
        store.write_bytes(b"".join(held))
        copy_base(store, generation)
        states = [store.read_bytes()]
        for changes, size in edits:
            held = (held + [_page(0)] * size)[:size]
            for at, letter in changes:
                if at < size:
                    held[at] = _page(letter)
            store.write_bytes(b"".join(held))
            before = len(read_manifest(generation)["deltas"])
            after = len(copy_delta(store, generation)["deltas"])
            assert after == before + (store.read_bytes() != states[before]), "what did not change is not kept again"
            states += [store.read_bytes()] * (after - before)
        for number, state in enumerate(states):
            assert assemble(generation, Path(place) / "again", until=number) == number
            assert (Path(place) / "again").read_bytes() == state


@pytest.fixture
def generation(tmp_path: Path) -> Path:
    """A base of 600 pages and two deltas."""
    chance = Random(7)
    store = tmp_path / "store"
    content = bytearray(chance.randbytes(600 * PAGE))
    store.write_bytes(content)
    copy_base(store, tmp_path / "generation")
    for count in (5, 30):
        for number in chance.sample(range(600), count):
            content[number * PAGE : (number + 1) * PAGE] = chance.randbytes(PAGE)
        content += chance.randbytes(PAGE)
        store.write_bytes(content)
        copy_delta(store, tmp_path / "generation")
    return tmp_path / "generation"


def test_a_delta_holds_what_changed_and_little_more(generation: Path) -> None:
    sizes = [row["size"] for row in read_manifest(generation)["deltas"]]
    around = len(pages.FORM) + 4 + 8 + 32
    assert sizes == [around + 6 * (4 + PAGE), around + 31 * (4 + PAGE)]


@pytest.mark.parametrize("name", ["base", "00001.delta", "00002.delta"])
@pytest.mark.parametrize("harm", ["flip", "cut", "gone"])
def test_what_was_damaged_is_named_and_nothing_is_put_together(generation: Path, name: str, harm: str) -> None:
    path = generation / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    if harm == "flip":
        path.write_bytes(content)
    elif harm == "cut":
        path.write_bytes(content[: len(content) // 2])
    else:
        path.unlink()
    with pytest.raises(DamagedError, match=name):
        assemble(generation, generation.parent / "again")
    assert sorted(one.name for one in generation.parent.iterdir()) == ["generation", "store"]


@pytest.mark.parametrize(
    "said", ["", "{}", "[]", '{"format": "other"}', '{"format": "cuspide-generation-1", "page": 4096, "base": 3}']
)
def test_a_manifest_that_is_none_is_refused(generation: Path, said: str) -> None:
    (generation / "manifest.json").write_text(said)
    with pytest.raises(DamagedError, match="manifest"):
        assemble(generation, generation.parent / "again")


def test_a_manifest_that_names_a_file_elsewhere_is_refused(generation: Path) -> None:
    manifest = generation / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"00001.delta"', '"../store"'))
    with pytest.raises(DamagedError, match="manifest"):
        assemble(generation, generation.parent / "again")


def test_what_a_kill_left_counts_for_nothing(generation: Path) -> None:
    store = generation.parent / "store"
    before = store.read_bytes()
    (generation / "00003.delta").write_bytes(b"cuspide-delta-1\n half")
    (generation / "manifest.json.half").write_bytes(b"{")
    assert assemble(generation, generation.parent / "again") == 2
    assert (generation.parent / "again").read_bytes() == before
    changed = b"z" * PAGE + before[PAGE:]
    store.write_bytes(changed)
    assert len(copy_delta(store, generation)["deltas"]) == 3
    assemble(generation, generation.parent / "again")
    assert (generation.parent / "again").read_bytes() == changed


def test_it_is_put_together_by_python_alone(generation: Path) -> None:
    """No package, no environment: the file as it is printed."""
    alone = generation.parent / "alone.py"
    alone.write_bytes(Path(pages.__file__).read_bytes())
    command = [sys.executable, "-I", "-S", alone, "assemble", generation, generation.parent / "again"]
    subprocess.run(command, check=True, env={}, cwd="/")
    assert (generation.parent / "again").read_bytes() == (generation.parent / "store").read_bytes()


def test_a_store_of_half_a_page_is_refused(tmp_path: Path) -> None:
    (tmp_path / "store").write_bytes(b"x" * (PAGE + 1))
    with pytest.raises(DamagedError, match="store"):
        copy_base(tmp_path / "store", tmp_path / "generation")
