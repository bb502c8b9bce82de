"""The owner's story of the backups: two disks, a second machine, lamps green and red, and the way back to yesterday."""

import re
import shutil
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.faults.test_backup import append_only, done
from tests.faults.test_disks_plugged import Plug, plug
from tests.faults.test_points import NAMES, WRITE
from tests.support.browser import Desk
from tests.support.server import LivePractice, ask

if TYPE_CHECKING:
    from playwright.sync_api import Browser

__all__ = ["append_only", "plug"]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(900),
    pytest.mark.skipif(
        not all(map(shutil.which, ["restic", "rclone", "mkfs.ext4"])), reason="needs restic, rclone, ext4"
    ),
]
SOON = 120_000
FORGOTTEN = """
import datetime as dt
from cuspide.core import clock
from cuspide.continuity.models import Destination, Run
for one in Destination.objects.filter(disk_label="CUSPIDE-TA"):
    one.plugged_at -= dt.timedelta(hours=6)
    one.save()
    for run in Run.objects.filter(destination=one):
        run.started_at -= dt.timedelta(hours=5, minutes=30)
        run.save()
answer = 1
"""


def lamps(page: Page) -> list[str]:
    """The tones of the three lamps."""
    found = page.locator("#backups .columns-3 .state").all()
    return [re.sub(r"\bstate\b", "", one.get_attribute("class") or "").strip() for one in found]


def reload_until(page: Page, holds: Callable[[], bool], seconds: int = 120) -> None:
    for _ in range(seconds):
        page.goto("/backups/")
        if holds():
            return
        time.sleep(1)
    raise AssertionError(page.locator("main").inner_text())


def test_two_disks_a_second_machine_and_the_way_back_to_yesterday(
    own_practice: LivePractice, chromium: "Browser", plug: Callable[..., Plug], append_only: str
) -> None:
    home = own_practice.folder
    a = plug("CUSPIDE-TA")
    with own_practice:
        desk = Desk(chromium, own_practice)
        page = desk.as_role("owner", own=True)
        page.goto("/backups/")
        assert lamps(page) == ["danger", "danger", "danger"]

        # A second machine that only takes, and a disk.
        page.locator("[name=name]").fill("Réserve")
        page.locator("[name=place]").fill(append_only)
        page.get_by_role("button", name="Ajouter l’emplacement").click()
        expect(page.get_by_text("Les copies vont désormais à « Réserve »")).to_be_visible(timeout=SOON)
        page.get_by_role("link", name="Ajouter un disque amovible").click()
        page.locator("[name=name]").fill("Disque A")
        page.locator("[name=label]").fill(a.label)
        page.get_by_role("button", name="Ajouter le disque").click()
        expect(page.get_by_role("heading", name="Sauvegardes")).to_be_visible()
        reload_until(page, lambda: page.get_by_text("Vous pouvez débrancher").count() > 0)
        reload_until(page, lambda: lamps(page) == ["sound", "sound", "sound"])
        assert not desk.serious_faults(page)

        # The disk is forgotten: red. Unplugged: green again; the other one takes its turn.
        ask(home, FORGOTTEN)
        page.goto("/backups/")
        expect(page.get_by_text("branché depuis plus longtemps que permis").first).to_be_visible()
        assert lamps(page)[2] == "danger"
        a.pull()
        reload_until(page, lambda: lamps(page)[2] == "sound")
        b = plug("CUSPIDE-TB")
        page.get_by_role("link", name="Ajouter un disque amovible").click()
        page.locator("[name=name]").fill("Disque B")
        page.locator("[name=label]").fill(b.label)
        page.get_by_role("button", name="Ajouter le disque").click()
        reload_until(page, lambda: page.get_by_text("Vous pouvez débrancher").count() > 0)
        b.pull()

        # Something is written after the copy, and the owner goes back to before it.
        ask(home, WRITE)
        page.goto("/backups/")
        page.get_by_role("row", name=re.compile("Réserve")).get_by_role("link", name="Revenir en arrière…").click()
        expect(page.get_by_role("heading", name="Points de retour")).to_be_visible()
        assert not desk.serious_faults(page)
        page.get_by_role("button", name=re.compile("Restaurer à côté")).last.click()
        expect(page.get_by_text("PERDREAU").first).to_be_visible(timeout=SOON)
        assert not desk.serious_faults(page)
        page.get_by_role("button", name="Basculer sur ce point").click()
        page.get_by_role("alertdialog").get_by_role("button", name="Basculer sur ce point").click()
        switched = False
        for _ in range(240):
            switched = any((home / "copies").glob("switched-*.sqlite3")) and not (home / "switching.json").exists()
            if switched:
                break
            time.sleep(0.5)
        assert switched, page.locator("main").inner_text()
        page.context.close()

        for _ in range(60):  # the service is back, under the same process
            try:
                again = Desk(chromium, own_practice)
                page = again.as_role("owner", own=True)
                break
            except Exception:
                time.sleep(1)
        assert own_practice.process is not None
        assert own_practice.process.poll() is None
        assert ask(home, NAMES) == 0
        page.goto("/backups/earlier/")
        expect(page.get_by_role("heading", name="La base d’avant la bascule")).to_be_visible()
        page.goto("/backups/")
        for name in ("Réserve", "Disque A", "Disque B"):
            expect(page.get_by_text(name).first).to_be_visible()
        again.close()
    done("audit", "verify", home=home)
