"""Where this machine's Chromium is. Nothing here needs more than the standard library: `bin/test` asks too."""

import os
import shutil

WITHOUT_WINDOW = "chromium-headless-shell"
"""Chromium as Debian packs it for programs: the same engine, and no window around the page for it to draw."""


def chromium_path(whole: bool = False) -> str | None:
    """The one without a window where it is installed, or the browser itself; CUSPIDE_CHROMIUM names another.

    Opening a page in the browser costs twice the processor's time, for what surrounds the page. `whole`: the browser
    as a person starts it, or nothing.
    """
    names = ["chromium", "chromium-browser"] if whole else [WITHOUT_WINDOW, "chromium", "chromium-browser"]
    found = (os.environ.get("CUSPIDE_CHROMIUM"), *map(shutil.which, names))
    return next((path for path in found if path and os.access(path, os.X_OK)), None)
