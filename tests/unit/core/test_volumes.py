"""What `cuspide check` can tell of the volume under the practice's folder, from what Linux shows to everybody."""

from pathlib import Path

import pytest

from cuspide.core.keys import volumes


class Machine:
    """A /proc and a /sys as the kernel draws them."""

    def __init__(self, root: Path, practice: Path) -> None:
        self.root = root
        self.practice = practice
        (root / "proc/self").mkdir(parents=True)

    def mounted(self, kind: str, source: str) -> None:
        (self.root / "proc/self/mountinfo").write_text(
            f"22 27 0:21 / / rw - ext4 /dev/other rw\n30 22 8:1 / {self.practice.parent} rw - {kind} {source} rw\n"
        )

    def device(self, name: str, *, uuid: str = "", on: tuple[str, ...] = ()) -> None:
        block = self.root / "sys/class/block" / name
        (block / "slaves").mkdir(parents=True)
        if uuid:
            (block / "dm").mkdir()
            (block / "dm/uuid").write_text(uuid + "\n")
        for other in on:
            (block / "slaves" / other).symlink_to(self.root / "sys/class/block" / other)

    def found(self) -> volumes.Volume:
        return volumes._linux(self.practice, self.root)  # noqa: SLF001


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "srv/cabinet").mkdir(parents=True)
    return Machine(tmp_path / "root", tmp_path / "srv/cabinet")


def test_a_luks_volume_is_seen(machine: Machine) -> None:
    machine.mounted("ext4", "/dev/dm-0")
    machine.device("sda2")
    machine.device("dm-0", uuid="CRYPT-LUKS2-0123-luks", on=("sda2",))
    assert machine.found() == volumes.Volume(volumes.ENCRYPTED, "LUKS2")


def test_a_logical_volume_on_luks_is_seen(machine: Machine) -> None:
    machine.mounted("xfs", "/dev/dm-1")
    machine.device("sda2")
    machine.device("dm-0", uuid="CRYPT-LUKS1-0123-luks", on=("sda2",))
    machine.device("dm-1", uuid="LVM-abc", on=("dm-0",))
    assert machine.found().state == volumes.ENCRYPTED


def test_a_mirror_of_which_one_half_is_clear_is_clear(machine: Machine) -> None:
    machine.mounted("ext4", "/dev/md0")
    machine.device("sdb1")
    machine.device("dm-0", uuid="CRYPT-LUKS2-0-x")
    machine.device("md0", on=("dm-0", "sdb1"))
    assert machine.found() == volumes.Volume(volumes.CLEAR, "md0")


def test_a_plain_partition_is_called_clear(machine: Machine) -> None:
    machine.mounted("ext4", "/dev/sda2")
    machine.device("sda2")
    assert machine.found() == volumes.Volume(volumes.CLEAR, "sda2")


@pytest.mark.parametrize(("kind", "source"), [("nfs4", "nas:/cabinet"), ("overlay", "overlay"), ("tmpfs", "tmpfs")])
def test_what_cannot_be_seen_is_not_guessed(machine: Machine, kind: str, source: str) -> None:
    machine.mounted(kind, source)
    assert machine.found() == volumes.Volume(volumes.UNKNOWN, kind)


def test_a_virtual_disk_is_not_judged(machine: Machine) -> None:
    machine.mounted("ext4", "/dev/vda1")
    machine.device("vda1")
    assert machine.found().state == volumes.UNKNOWN


def test_looking_never_fails(tmp_path: Path) -> None:
    assert volumes.below(tmp_path / "nowhere").state in {volumes.ENCRYPTED, volumes.CLEAR, volumes.UNKNOWN}
