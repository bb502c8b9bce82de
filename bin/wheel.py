"""`bin/wheel`: the one file that a practice installs, with built pages, fonts and translations in it.

Beside it lies `constraints.txt`: the versions of everything else that the tests ran with. What the sources alone do not
hold (it is built) is looked for in the finished wheel; one that lacks any of it is not left behind.
"""

from __future__ import annotations

import argparse
import sys
import zipfile
from pathlib import Path

from bootstrap import ROOT, build_front_end, call, configured_index, find_uv, make_environment, system_node
from speech import BootstrapError, say, words

PACKAGE = ROOT / "src" / "cuspide"
BUILT = (PACKAGE / "core" / "static" / "cuspide", PACKAGE / "core" / "fonts")


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/wheel", description="Builds the wheel of Cuspide.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="the folder it is put into (default dist)")
    options = parser.parse_args()
    try:
        make_environment({"dev"} if system_node() else {"dev", "node"})
        build_front_end()
        wheel = build(options.out.absolute())
    except BootstrapError as error:
        say(str(error), str(error))
        return 3
    print(wheel)
    return 0


def build(folder: Path) -> Path:
    """Build the wheel into a folder and prove that it is whole; BootstrapError when it is not."""
    uv, index = find_uv(), configured_index()
    at_index = [] if index is None else ["--default-index", index]
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("cuspide-*.whl"):
        old.unlink()
    run([uv, "build", "--quiet", "--wheel", *at_index, "--out-dir", folder, ROOT])
    listing = ["--no-hashes", "--no-emit-project", "--no-header", "--no-annotate"]
    run([uv, "export", "--quiet", "--frozen", *listing, "--output-file", folder / "constraints.txt"])
    (wheel,) = folder.glob("cuspide-*.whl")
    if missing := lacking(wheel):
        wheel.unlink()
        listed = ", ".join(missing[:5])
        raise BootstrapError(words(f"Il manque au paquet\N{NO-BREAK SPACE}: {listed}", f"The wheel lacks: {listed}"))
    return wheel


def run(command: list[str | Path]) -> None:
    status, output = call(command, timeout=900)
    if status != 0:
        raise BootstrapError(output.strip())


def lacking(wheel: Path) -> list[str]:
    """What was built in the sources and is not in the wheel, and translations that were not compiled."""
    built = [path for folder in BUILT for path in folder.rglob("*") if path.is_file()]
    wanted = {path.relative_to(PACKAGE.parent).as_posix() for path in built}
    wanted |= {path.relative_to(PACKAGE.parent).with_suffix(".mo").as_posix() for path in PACKAGE.rglob("*.po")}
    wanted |= {path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*.html")}
    with zipfile.ZipFile(wheel) as archive:
        return sorted(wanted.difference(archive.namelist()))


if __name__ == "__main__":
    sys.exit(main())
