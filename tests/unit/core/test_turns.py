"""Writers stand in a row: one at a time, across threads and processes, and a dead one keeps nobody waiting."""

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from cuspide.core.db.sqlcipher.turns import Turn, turn_of


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A practice in which a service has worked."""
    (tmp_path / "service").mkdir()
    return tmp_path / "store.sqlite3"


def forked(store: Path) -> tuple[int, int]:
    """A process that has the turn and waits to be killed; its number, and the end of a pipe that says it has it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        Turn(store).take(10)
        os.write(writing, b"x")
        time.sleep(60)
        os._exit(0)
    os.close(writing)
    return child, reading


def test_threads_have_it_one_at_a_time(store: Path) -> None:
    turn, inside, most = turn_of(store), [0], [0]

    def work() -> None:
        for _ in range(50):
            assert turn.take(10)
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            time.sleep(0.0002)
            inside[0] -= 1
            turn.give_back()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert most == [1]


def test_another_process_has_it_until_it_is_killed(store: Path) -> None:
    child, reading = forked(store)
    try:
        assert os.read(reading, 1) == b"x"
        turn = Turn(store)
        assert not turn.take(0.05), "the other one has it"
        os.kill(child, signal.SIGKILL)
        assert turn.take(10)
        turn.give_back()
    finally:
        os.kill(
            child, signal.SIGKILL
        )  # also where an assertion failed before; who is dead and not yet waited for takes it
        os.waitpid(child, 0)
        os.close(reading)


def test_who_got_no_turn_in_time_leaves_the_row(store: Path) -> None:
    turn = turn_of(store)
    assert turn.take(1)
    assert not turn.take(0.01)
    turn.give_back()
    assert turn.take(1)
    turn.give_back()


def test_a_process_that_is_forked_has_a_row_of_its_own(store: Path) -> None:
    """It would wait for ever for a thread that does not live in it."""
    turn = turn_of(store)
    assert turn.take(1)
    child = os.fork()
    if child == 0:
        os._exit(0 if turn_of(store) is not turn else 1)
    turn.give_back()
    assert os.waitpid(child, 0)[1] == 0


def test_where_no_service_ever_worked_no_file_is_made(tmp_path: Path) -> None:
    turn = Turn(tmp_path / "store.sqlite3")
    assert turn.take(1)
    turn.give_back()
    assert list(tmp_path.iterdir()) == []
