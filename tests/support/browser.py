"""A real browser: the system's Chromium under Playwright, whose complaints are test failures.

What the console says of the Content-Security-Policy, an error in a script or a file that is not there fails the test
that opened the page. axe looks at the very page: what a debugger evaluates is not bound by the policy.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright

from tests.support.chromium import chromium_path
from tests.support.server import LivePractice
from tests.support.web import totp

AXE = Path(__file__).parents[2] / "frontend/node_modules/axe-core/axe.min.js"
DESK = {"width": 1366, "height": 768}
WAIT_MS = 10_000
# Chromium's own, that no page has to do with. The first three draw the list under its address bar, which nobody sees
# here, as pages of their own in each window: they cost more than the pages under test. The others are those that
# Playwright would leave out and that change what is tested (the last list given counts alone).
WITHOUT = [
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup",
    "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades", "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
]  # fmt: skip


def launch(playwright: Playwright, *, whole: bool = False) -> Browser:
    """Chromium, without a window where this machine has it so; `whole`: the browser itself."""
    return playwright.chromium.launch(
        executable_path=chromium_path(whole),
        args=["--no-sandbox", "--disable-dev-shm-usage", "--disable-features=" + ",".join(WITHOUT)],
    )


@dataclass
class Desk:
    """Signed-in browser windows onto one served practice."""

    browser: Browser
    practice: LivePractice
    complaints: list[str] = field(default_factory=list)
    _signed_in: dict[str, Any] = field(default_factory=dict)
    _language: dict[str, str] = field(default_factory=dict)
    _contexts: list[BrowserContext] = field(default_factory=list)
    # A new window costs Chromium five times what a page costs: those as they were opened serve test after test.
    _lent: dict[Page, tuple[str, str]] = field(default_factory=dict)
    _kept: dict[tuple[str, str], Page] = field(default_factory=dict)

    def visitor(self, **options: Any) -> Page:
        """A window of somebody who has not signed in. `options` are Playwright's, for example `color_scheme`."""
        context = self.browser.new_context(
            **{"base_url": self.practice.url, "locale": "fr-FR", "viewport": DESK, "timezone_id": "Europe/Paris"}
            | options
        )
        context.set_default_timeout(WAIT_MS)
        self._contexts.append(context)
        page = context.new_page()
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        return page

    def as_role(self, role: str, *, language: str = "fr", own: bool = False, **options: Any) -> Page:
        """A window of the demo practice's person of this role, already past sign-in, at the first page.

        The language is the person's own preference: her other windows change with it at their next page. `own` is for
        a test that changes the window itself (its scripts, its network): no other test gets it afterwards.
        """
        if role not in self._signed_in:
            page = self.visitor()
            self.sign_in(page, role)
            self._signed_in[role] = page.context.storage_state()
            page.context.close()
        page = self._window(role, own, dict(options))
        if self._language.get(role, "fr") != language:
            self.prefer(page, language=language)
            self._language[role] = language
        page.goto("/")
        if "/account/lock" in page.url:
            # Nobody used this role's session for a quarter of an hour.
            page.context.close()
            del self._signed_in[role]
            return self.as_role(role, language=language, own=own, **options)
        return page

    def _window(self, role: str, own: bool, options: dict[str, Any]) -> Page:
        size = options.pop("viewport", DESK)
        shown = {
            "color_scheme": options.pop("color_scheme", "light"),
            "reduced_motion": options.pop("reduced_motion", "no-preference"),
        }
        kind = (role, repr(sorted(options.items())))
        page = None if own else self._kept.pop(kind, None)
        if page is None:
            page = self.visitor(storage_state=self._signed_in[role], **options)
        else:
            page.context.clear_cookies()
            page.context.add_cookies(self._signed_in[role]["cookies"])
            self._contexts.append(page.context)
        page.set_viewport_size(size)
        page.emulate_media(**shown)
        if not own:
            self._lent[page] = kind
        return page

    def _emptied(self, page: Page) -> bool:
        """Whether a window that a test had is as one that was just opened."""
        if page.is_closed() or page.context.pages != [page] or self._lent[page] in self._kept:
            return False
        try:
            page.unroute_all(behavior="ignoreErrors")
            page.evaluate("sessionStorage.clear()")
            page.goto("about:blank", timeout=WAIT_MS / 2)
        except Error:
            return False
        return True

    def prefer(self, page: Page, *, language: str = "fr", theme: str = "system", density: str = "comfortable") -> None:
        """Keep how the signed-in person likes to see the program."""
        page.goto("/")
        token = next((c["value"] for c in page.context.cookies() if c["name"] == "cuspide_csrf"), "")
        answer = page.request.post(
            "/preferences",
            form={"language": language, "theme": theme, "density": density, "csrfmiddlewaretoken": token},
            headers={"Origin": self.practice.url},
        )
        assert answer.ok, answer.status

    def sign_in(self, page: Page, role: str) -> None:
        """By the form, with the second factor where the account has one."""
        account = self.practice.accounts[role]
        page.goto("/account/sign-in/")
        page.locator("input[name=login]").fill(account.email)
        page.locator("input[name=password]").fill(account.password)
        page.locator("form:has(input[name=password]) button").first.click()
        for _attempt in range(2):
            code = page.locator("input[name=code]")
            if not account.totp_secret or not code.count():
                break
            code.fill(totp(account.totp_secret))
            page.locator("form:has(input[name=code]) button").first.click()
            if page.locator("input[name=code]").count():  # a code is good once: the next one comes within 30 s
                page.wait_for_timeout((30 - time.time() % 30 + 0.5) * 1000)
        page.wait_for_url(lambda url: "/account/s" not in url)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"{message.page.url if message.page else ''}: {message.text}")

    def serious_faults(self, page: Page) -> list[str]:
        """What axe finds serious or critical on the page as it stands before its viewer."""
        # What is still moving is half transparent: it is looked at where it comes to rest.
        page.evaluate("document.getAnimations().forEach(one => { try { one.finish() } catch { one.cancel() } })")
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{violation['impact']}: {violation['id']}: {node['target']} {node['html'][:160]}"
            for violation in found["violations"]
            if violation["impact"] in {"serious", "critical"}
            for node in violation["nodes"]
        ]

    def photograph(self, folder: Path) -> None:
        """Keep a picture of every open window, to see what a failed test saw."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, context in enumerate(self._contexts):
            for page in context.pages:
                page.screenshot(path=folder / f"{number}.png")

    def close(self, *, keep: bool = False) -> list[str]:
        """Close the windows of one test, or keep for the next what a next may have; what the browser complained of."""
        for page, kind in self._lent.items():
            if keep and self._emptied(page):
                self._kept[kind] = page
        still = {page.context for page in self._kept.values()}
        for context in self._contexts:
            if context not in still:
                context.close()
        self._contexts.clear()
        self._lent.clear()
        said, self.complaints = self.complaints, []
        return said


class Authenticator:
    """A device with a finger on its reader, in one window: Chromium's own virtual one."""

    def __init__(self, page: Page) -> None:
        self.talk = page.context.new_cdp_session(page)
        self.talk.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.name = self.talk.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def keys(self) -> list[dict[str, Any]]:
        return list(self.talk.send("WebAuthn.getCredentials", {"authenticatorId": self.name})["credentials"])

    def put_back(self, key: dict[str, Any]) -> None:
        """The device holds this key alone, as it was when it was read."""
        self.talk.send("WebAuthn.clearCredentials", {"authenticatorId": self.name})
        self.talk.send("WebAuthn.addCredential", {"authenticatorId": self.name, "credential": key})

    def finger(self, known: bool) -> None:
        """Whether the finger on the reader is the person's."""
        self.talk.send("WebAuthn.setUserVerified", {"authenticatorId": self.name, "isUserVerified": known})


# A search that the next letter typed replaced: htmx notes each abort as an error.
_REPLACED = r"htmx:(sendAbort|afterRequest), "


def forgiven(complaints: list[str], expected: list[str]) -> Iterator[str]:
    """The complaints that no expected pattern explains."""
    for complaint in complaints:
        if not any(re.search(pattern, complaint) for pattern in (*expected, _REPLACED)):
            yield complaint
