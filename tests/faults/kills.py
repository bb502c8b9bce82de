"""What may die in a practice, and how each is brought back: by the program itself, or as the system would."""

import os
import random
import signal
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterator

import psutil

from tests.faults.ledger import Ledger
from tests.support.booking import places_of
from tests.support.parts import part_of, title_of, wait_for_the_end, workers_of
from tests.support.postgresql import Cluster, PostgreSQLMissingError
from tests.support.server import LivePractice
from tests.support.working_day import Acknowledged, Desk

DESKS = 3
# How often each is drawn. All but the last two are brought back by the supervisor.
PARTS = {"web": 4, "web worker": 4, "web without its worker": 2, "background": 3, "supervisor": 1, "everything": 1}
STORE = {"PostgreSQL": 4, "PostgreSQL's first process": 2, "a connection of PostgreSQL": 3}


class Killer:
    """Kills by chance. `kill()` gives what died; it is back, or comes back by itself."""

    def __init__(self, practice: LivePractice, chance: random.Random, cluster: Cluster | None = None) -> None:
        self.practice, self.chance, self.cluster = practice, chance, cluster
        drawn = PARTS | (STORE if cluster is not None else {})
        self._kinds = [kind for kind, weight in drawn.items() for _ in range(weight)]
        # The first kills are one of each, what follows as often as it is to be drawn.
        self._plan = chance.sample(list(drawn), len(drawn))
        self.down: Callable[[], None] = lambda: None

    def next(self) -> str:
        """What dies next."""
        self._plan = self._plan or self.chance.sample(self._kinds, len(self._kinds))
        return self._plan.pop()

    def kill(self, kind: str) -> None:
        """Kill it. What does not come back by itself is brought back, after `down` was called."""
        if kind in PARTS:
            self._part(kind)
        else:
            self._store(kind)

    def _part(self, kind: str) -> None:
        practice = self.practice
        if kind == "everything":
            practice.kill()
            self.down()
            practice.start()
        elif kind == "supervisor":
            assert practice.process is not None
            family = psutil.Process(practice.process.pid).children(recursive=True)
            os.kill(practice.process.pid, signal.SIGKILL)
            alive = wait_for_the_end(family)
            assert not alive, f"it outlived its supervisor: {[title_of(one) for one in alive]}"
            practice.kill()
            self.down()
            practice.start()
        elif kind == "background":
            _end(part_of(practice, "background"))
        else:
            web, workers = part_of(practice, "web"), workers_of(practice) or [part_of(practice, "web worker")]
            one = [self.chance.choice(workers)]
            doomed = {"web": [*workers, web], "web worker": one, "web without its worker": [web]}[kind]
            for process in doomed:
                _end(process)

    def _store(self, kind: str) -> None:
        assert self.cluster is not None
        if kind == "a connection of PostgreSQL":
            children = psutil.Process(self.cluster.server_pid()).children()
            theirs = [child for child in children if "cuspide practice" in title_of(child)]
            if theirs:
                _end(self.chance.choice(theirs))
            return None
        if kind == "PostgreSQL":
            self.cluster.crash()
        else:
            os.kill(self.cluster.server_pid(), signal.SIGKILL)
        time.sleep(self.chance.uniform(0.2, 1.0))
        limit = time.monotonic() + 60
        while True:
            try:
                return self.cluster.resume()
            except PostgreSQLMissingError:  # what the killed one left is still ending
                if time.monotonic() > limit:
                    raise
                time.sleep(0.2)


def _end(process: psutil.Process) -> None:
    try:
        process.kill()
    except psutil.NoSuchProcess:
        pass


class UnderLoad:
    """A practice at work, with somebody who kills. At the end everything is looked through once more."""

    def __init__(self, practice: LivePractice, chance: random.Random, cluster: Cluster | None = None) -> None:
        self.practice, self.chance = practice, chance
        self.killer = Killer(practice, chance, cluster)
        self.away: dict[str, list[float]] = defaultdict(list)
        self.told: dict[str, int] = defaultdict(int)
        self.acknowledged = 0

    def run(self, kills: int) -> None:
        """Kill so often while all work. What the program wrote to its log goes with a failure."""
        try:
            self._run(kills)
        except BaseException as error:
            error.add_note(f"after {sum(map(len, self.away.values()))} kills; the log:\n{self.practice.said()}")
            raise

    def _run(self, kills: int) -> None:
        self.practice.start()
        places = places_of(self.practice)
        self.desks = [Desk(self.practice, n, places, random.Random(self.chance.random())) for n in range(DESKS)]
        with Ledger(self.practice.folder) as ledger:
            self.killer.down = lambda: self._look_while_down(ledger)
            for desk in self.desks:
                desk.start()
            for kind in self._plan(kills):
                time.sleep(self.chance.uniform(0, 0.5))
                moment = time.monotonic()
                self.killer.kill(kind)
                self._wait_for_a_write(kind)
                self.away[kind].append(time.monotonic() - moment)
                ledger.check(self._taken())
            for desk in self.desks:
                desk.stop.set()
            for desk in self.desks:
                desk.join(120)
                assert not desk.is_alive(), "a form got no answer any more"
                for what, times in desk.told.items():
                    self.told[what] += times
            ledger.check(self._taken())
            ledger.check_all()
            self.acknowledged = ledger.total
        assert self.practice.stop() == 0

    def _plan(self, kills: int) -> Iterator[str]:
        self._wait_for_a_write("nothing")
        for _ in range(kills):
            yield self.killer.next()

    def _taken(self) -> list[Acknowledged]:
        for desk in self.desks:
            if desk.error is not None:
                raise desk.error
        return [desk.taken() for desk in self.desks]

    def _look_while_down(self, ledger: Ledger) -> None:
        if self.chance.random() < 0.5:
            ledger.check(self._taken())

    def _wait_for_a_write(self, kind: str) -> None:
        """Until every desk has had something acknowledged since now."""
        before = [desk.acknowledged for desk in self.desks]
        limit = time.monotonic() + 90
        while any(desk.acknowledged == count for desk, count in zip(self.desks, before, strict=True)):
            for desk in self.desks:
                if desk.error is not None:
                    raise desk.error
            assert time.monotonic() < limit, f"90 s after {kind} was killed the practice does not work again"
            time.sleep(0.02)

    def figures(self) -> dict[str, object]:
        """How often what was killed, and the seconds until the last desk worked again: in the middle and at worst."""
        return {
            "kills": {kind: len(times) for kind, times in self.away.items()},
            "work_again_s": {
                kind: [round(statistics.median(times), 2), round(max(times), 2)] for kind, times in self.away.items()
            },
            "acknowledged": self.acknowledged,
            "lost": 0,
            "half_written": 0,
            "desks": DESKS,
            **{what.replace(" ", "_"): times for what, times in sorted(self.told.items())},
        }
