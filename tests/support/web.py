"""A plain HTTP client of the running program: keeps cookies, sends the CSRF token, computes the second factor."""

import base64
import hmac
import http.client
import re
import struct
import time
import urllib.parse
from dataclasses import dataclass, field
from http.cookies import SimpleCookie


def totp(secret: str, at: float | None = None) -> str:
    """The six digits of RFC 6238 (SHA-1, 30 s), worked out here and not by the code under test."""
    key = base64.b32decode(secret.upper() + "=" * (-len(secret) % 8))
    counter = int((time.time() if at is None else at) // 30)
    digest = hmac.digest(key, struct.pack(">Q", counter), "sha1")
    offset = digest[-1] & 0x0F
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06d}"


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes
    # The address that this answers.
    asked: str = ""

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    @property
    def location(self) -> str:
        return urllib.parse.urlsplit(self.headers.get("Location", "")).path


@dataclass
class WebSession:
    """One browser without a browser. Connections are kept; follow redirects yourself or ask `get` to."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        sent = {"Host": f"localhost:{self.port}", "Accept-Language": "fr"} | (headers or {})
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        is_kept = self._connection is not None
        connection = self._connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        self._connection = connection
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read(), path)
        except (OSError, http.client.HTTPException) as failure:
            self.close()
            # A kept connection that the server closed while it waited: what only reads is asked once more on a new one.
            if is_kept and method == "GET" and isinstance(failure, ConnectionError):
                return self.request(method, path, body, headers)
            raise
        for line in answer.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, path: str, *, follow: bool = False) -> Answer:
        answer = self.request("GET", path)
        for _ in range(5):
            if not (follow and answer.location):
                break
            answer = self.request("GET", answer.headers["Location"])
        return answer

    def sign_in(self, email: str, password: str, totp_secret: str = "", *, ahead_s: float = 0) -> None:
        """Through the two forms; ValueError when the practice does not let this person in. `ahead_s`: how far ahead the
        phone's clock is; half a minute makes a code that was not used just now."""
        self.get("/account/sign-in/")
        answer = self.post("/account/sign-in/", {"login": email, "password": password})
        if totp_secret and "second-factor" in answer.location:
            self.get(answer.location)
            answer = self.post(answer.location, {"code": totp(totp_secret, time.time() + ahead_s)})
        if answer.status != 302 or "/account/s" in answer.location:
            raise ValueError(f"sign-in was answered {answer.status} {answer.location}")

    def post(self, path: str, fields: dict[str, str] | list[tuple[str, str]], **more: str) -> Answer:
        """Send a form, with the token of the cookie; `more` are headers, `HX_Request="true"`."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields)
        pairs.append(("csrfmiddlewaretoken", self.cookies.get("cuspide_csrf", "")))
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://localhost:{self.port}"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        return self.request("POST", path, urllib.parse.urlencode(pairs).encode(), headers)


def hidden_fields(page: str) -> dict[str, str]:
    """The hidden inputs of a page (the last form wins), as a browser would send them back."""
    found = {}
    for tag in re.findall(r"<input\b[^>]*>", page):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") == "hidden" and "name" in attributes:
            found[attributes["name"]] = attributes.get("value", "")
    return found
