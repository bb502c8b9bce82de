"""A part that dies comes back: at once after an accident, ever later while it dies as it starts."""

from cuspide.cli.serving.children import Child
from cuspide.core.service.parts import Part


class Life:
    """A process that ends when it is told to, or never."""

    pid = 1

    def __init__(self, stubborn: bool = False) -> None:
        self.over, self.stubborn, self.told = False, stubborn, []

    def ended(self) -> bool:
        return self.over

    def terminate(self) -> None:
        self.told.append("terminate")
        self.over = not self.stubborn

    def kill(self) -> None:
        self.told.append("kill")
        self.over = True


class Nursery:
    """Time passes only while somebody waits."""

    def __init__(self, stubborn: bool = False) -> None:
        self.now, self.lives, self.stubborn = 100.0, [], stubborn

    def start(self, _part: Part) -> Life:
        self.lives.append(Life(self.stubborn))
        return self.lives[-1]

    def wait(self, seconds: float) -> bool:
        self.now += seconds
        return False


def child(nursery: Nursery) -> Child:
    kept = Child(Part("web", lambda _options: 0), nursery, now=lambda: nursery.now)
    kept.start()
    return kept


def test_what_worked_and_was_killed_comes_back_at_once() -> None:
    nursery = Nursery()
    kept = child(nursery)
    nursery.now += 60
    assert not kept.keep(), "it lives"
    nursery.lives[-1].over = True
    assert kept.keep()
    assert len(nursery.lives) == 2
    assert kept.restarts == 1


def test_what_dies_as_it_starts_is_tried_ever_later() -> None:
    nursery = Nursery()
    kept = child(nursery)
    pauses = []
    for _death in range(6):
        nursery.lives[-1].over = True
        assert not kept.keep()
        pause = kept.due()
        assert pause is not None
        pauses.append(pause)
        nursery.now += pause
        assert kept.keep()
    assert pauses == [0.5, 1.0, 2.0, 4.0, 5.0, 5.0]
    nursery.now += 60
    nursery.lives[-1].over = True
    assert kept.keep(), "once it worked, its next death is an accident again"


def test_a_part_that_ends_when_asked_is_not_killed() -> None:
    nursery = Nursery()
    kept = child(nursery)
    kept.end(nursery.now + 8)
    assert nursery.lives[-1].told == ["terminate"]


def test_a_part_that_does_not_end_is_killed_when_the_time_is_over() -> None:
    nursery = Nursery(stubborn=True)
    kept = child(nursery)
    began = nursery.now
    kept.end(began + 8)
    assert nursery.lives[-1].told == ["terminate", "kill"]
    assert 8 <= nursery.now - began < 10
