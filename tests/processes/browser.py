"""A browser over real connections: it keeps cookies and tokens, and can turn to any process."""

import http.client
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60
"""Seconds after which an answer is not waited for any more."""

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
VERSION = re.compile(r'name="(\w+)\.version"[^>]*value="(\d+)"')


@dataclass(frozen=True, slots=True)
class Door:
    """Where to knock: an address, the way through TLS, and the name that the portal is asked by."""

    host: str
    port: int
    tls: ssl.SSLContext | None = None
    name: str = ""

    def connection(self) -> http.client.HTTPConnection:
        """A fresh connection."""
        if self.tls is None:
            return http.client.HTTPConnection(self.host, self.port, timeout=TIMEOUT_SECONDS)
        return http.client.HTTPSConnection(
            self.host, self.port, context=self.tls, timeout=TIMEOUT_SECONDS
        )

    @property
    def host_header(self) -> str:
        """What a browser says that it asks."""
        return self.name or f"{self.host}:{self.port}"

    @property
    def origin(self) -> str:
        """The address that a browser shows, without a path."""
        return f"{'https' if self.tls else 'http'}://{self.host_header}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    text: str

    def version(self, code: str) -> int:
        """The version that a fragment names for the next save of a row."""
        return next(int(version) for name, version in VERSION.findall(self.text) if name == code)


@dataclass
class Browser:
    """A person's browser; `door` is the process that it talks to now."""

    door: Door
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def at(self, door: Door) -> "Browser":
        """The same browser, with the same cookies, at another door."""
        return Browser(door, self.cookies, self.token)

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Open a page."""
        return self._ask("GET", path, None, headers or {})

    def post(
        self, path: str, fields: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Post a form with the token of this session."""
        body = urlencode({"csrf_token": self.token, **fields})
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, body, {**form, **(headers or {})})

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        known = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        said = {"Host": self.door.host_header, "Referer": f"{self.door.origin}{path}"}
        connection = self.door.connection()
        try:
            connection.request(method, path, body, {**said, "Cookie": known, **headers})
            answered = connection.getresponse()
            text = answered.read().decode()
        finally:
            connection.close()
        self._keep(answered.headers)
        return Answer(answered.status, answered.headers, text)

    def _keep(self, headers: http.client.HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie") or ():
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value

    def read_token(self, path: str) -> None:
        """Take the token from a page with a form."""
        found = TOKEN.search(self.get(path).text)
        assert found, f"{path} carries no token"
        self.token = found[1]

    def sign_in(self, username: str, password: str) -> Answer:
        """Sign in through the page."""
        self.read_token("/login")
        answer = self.post("/login", {"username": username, "password": password})
        if answer.status == 303:
            self.read_token("/password")
        return answer

    def save(self, report: str, code: str, text: str, version: int, nonce: str = "") -> Answer:
        """Leave a changed cell, as htmx tells the server."""
        fields = {code: text, f"{code}.version": str(version), "nonce": nonce}
        return self.post(f"{report}/items/{code}", fields, {"HX-Request": "true"})
