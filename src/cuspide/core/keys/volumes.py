"""Whether the volume under a folder is encrypted, asked without any right beyond one's own.

What cannot be told is said as such: on a rented server, in a container or on a network drive only the one who set up
the volume knows.
"""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ENCRYPTED, CLEAR, UNKNOWN = "encrypted", "clear", "unknown"
_ASK_S = 10


@dataclass(frozen=True)
class Volume:
    """What was found: `state` is one of the three; `how` names what encrypts, or what was looked at."""

    state: str
    how: str


def below(folder: Path) -> Volume:
    """The volume under a folder. Never raises: what goes wrong is `unknown`."""
    try:
        if sys.platform == "win32":
            return _bitlocker(folder)
        if sys.platform == "darwin":
            return _filevault()
        return _linux(folder, Path("/"))
    except (OSError, ValueError, subprocess.SubprocessError):
        return Volume(UNKNOWN, "")


def _linux(folder: Path, root: Path) -> Volume:
    """`root` is `/`; a test gives a folder with a /proc and a /sys of its own."""
    kind, source = _mount(folder, root / "proc/self/mountinfo")
    if kind == "ecryptfs":
        return Volume(ENCRYPTED, "eCryptfs")
    if kind == "zfs":
        return _zfs(source)
    if not source.startswith("/dev/"):
        return Volume(UNKNOWN, kind)
    # /dev/mapper/x is a link to ../dm-0; the kernel knows the volume by the latter.
    name = Path(os.path.realpath(source)).name
    block = root / "sys/class/block" / name
    if not block.exists():
        return Volume(UNKNOWN, name)
    crypt = _crypt_below(block)
    if crypt:
        return Volume(ENCRYPTED, crypt)
    if name.startswith(("vd", "xvd", "nbd")) or _is_virtual(root):
        # The disk of a virtual machine: its host may encrypt it, or not.
        return Volume(UNKNOWN, name)
    return Volume(CLEAR, name)


def _mount(folder: Path, mountinfo: Path) -> tuple[str, str]:
    """Kind and source of the file system that holds a folder: the longest mount point above it, the last one on it."""
    place = os.path.realpath(folder)
    best, found = "", ("", "")
    for line in mountinfo.read_text(encoding="utf-8", errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        point = before.split()[4].replace("\\040", " ")
        inside = place == point or place.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            kind, source = after.split()[:2]
            best, found = point, (kind, source)
    return found


def _crypt_below(block: Path) -> str:
    """What encrypts a block device or everything it stands on: LVM, RAID and partitions are looked through."""
    uuid = block / "dm" / "uuid"
    if uuid.exists():
        said = uuid.read_text(encoding="ascii", errors="replace")
        if said.startswith("CRYPT-"):
            return said.split("-")[1]
    slaves = sorted((block / "slaves").iterdir()) if (block / "slaves").is_dir() else []
    under = [_crypt_below(slave) for slave in slaves]
    return under[0] if under and all(under) else ""


def _is_virtual(root: Path) -> bool:
    vendor = root / "sys/class/dmi/id/sys_vendor"
    try:
        said = vendor.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return any(
        name in said for name in ("QEMU", "VMware", "Xen", "Microsoft", "innotek", "Google", "Amazon", "Parallels")
    )


def _zfs(source: str) -> Volume:
    said = _output("zfs", "get", "-H", "-o", "value", "encryption", source)
    if not said:
        return Volume(UNKNOWN, "ZFS")
    return Volume(CLEAR, "ZFS") if said == "off" else Volume(ENCRYPTED, f"ZFS, {said}")


def _filevault() -> Volume:
    said = _output("fdesetup", "status")
    if "FileVault is On" in said:
        return Volume(ENCRYPTED, "FileVault")
    return Volume(CLEAR, "FileVault") if "FileVault is Off" in said else Volume(UNKNOWN, "FileVault")


def _bitlocker(folder: Path) -> Volume:
    """The shell's own property of the drive needs no administrator, which `manage-bde` does."""
    drive = folder.drive.replace("'", "")
    said = _output(
        "powershell",
        "-NoProfile",
        "-NonInteractive",
        "-Command",
        f"(New-Object -ComObject Shell.Application).NameSpace('{drive}')"
        ".Self.ExtendedProperty('System.Volume.BitLockerProtection')",
    )
    # 1: on; 3: being encrypted; 5: on and locked… 2: off; 6: suspended; 0: cannot be encrypted.
    if said in {"1", "3", "5"}:
        return Volume(ENCRYPTED, "BitLocker")
    return Volume(CLEAR, "BitLocker") if said in {"0", "2", "4", "6"} else Volume(UNKNOWN, "BitLocker")


def _output(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True, timeout=_ASK_S, check=False)
    return done.stdout.strip() if done.returncode == 0 else ""
