"""What every answer tells the browser, and what no request, however odd, can make the portal do."""

import re
from collections.abc import Iterator
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from portal.web.html import wants_fragment
from tests.whole.marked_city import PASSWORD, open_marked
from tests.whole.routes import (
    STRANGER,
    Route,
    Walk,
    at,
    is_sentence,
    routes,
    told,
    who_is_granted,
)

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
ALWAYS = {
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
REPORT = "/o/echeng/campaigns/2027-spring/report"
ROW = f"{REPORT}/items/F1"


# Every answer


def test_every_answer_carries_the_headers_of_its_kind(walk):
    wrong = [
        f"{name}: {fault}" for name, answer in all_kinds(walk) for fault in header_faults(answer)
    ]

    assert not wrong, told(wrong)


def all_kinds(walk: Walk) -> Iterator[tuple[str, Any]]:
    """Answers of every route and of every kind of refusal."""
    for route in routes(walk.city.app):
        for person in ("ours-reporter", "city-admin", STRANGER):
            method = "GET" if "GET" in route.methods else "POST"
            answer = walk.request(person, method, route.path(at(route)), route.example.fields)
            yield f"{method} {route.path(at(route))} by {person}", answer
            walk.put_right()
    yield "404", walk.request("ours-reporter", "GET", "/nowhere")
    yield "404 of static", walk.request(STRANGER, "GET", "/static/nowhere.css")
    yield "405", walk.request(STRANGER, "DELETE", "/login")
    yield "400", walk.request(STRANGER, "GET", "/login", headers={"Host": "evil.example"})
    yield "413", walk.request("ours-reporter", "POST", ROW, {"F1": "1" * 600_000})
    yield "fragment", walk.request(STRANGER, "POST", ROW, headers={"HX-Request": "true"})


def header_faults(answer: Any) -> list[str]:
    """What is missing from the headers of an answer."""
    parts = answer.headers["Content-Security-Policy"].split(";")
    policy = dict(part.strip().partition(" ")[::2] for part in parts)
    if answer.mimetype != "text/html":
        policy.pop("sandbox", None)  # a file that somebody uploaded is held more tightly still
    found = ["the policy differs"] * (policy != POLICY)
    found += [name for name, text in ALWAYS.items() if answer.headers.get(name) != text]
    if "immutable" not in (cache := answer.headers.get("Cache-Control", "")):
        found += [f"cached as {cache!r}"] * (cache != "no-store")
        found += ["does not vary by cookie"] * ("Cookie" not in answer.vary)
    if answer.data and not answer.headers.get("Content-Type"):
        found.append("has no type")
    if answer.mimetype.startswith("text/"):
        found += ["has no charset"] * (answer.mimetype_params.get("charset") != "utf-8")
    found += [f"{name} is not ASCII" for name, text in answer.headers if not text.isascii()]
    found += [
        f"names {server}" for server in ("Server", "X-Powered-By") if server in answer.headers
    ]
    return found


def test_only_static_files_are_kept_by_browsers(walk):
    kept = {
        route.endpoint
        for route in routes(walk.city.app)
        if route.method == "GET"
        and "immutable"
        in walk.request("city-admin", "GET", route.path(at(route))).headers["Cache-Control"]
    }

    assert kept == {"static"}


@pytest.mark.parametrize(
    ("public_url", "name", "secure"),
    [
        ("http://127.0.0.1:8000", "portal", False),
        ("https://wennuan.example.cn", "__Host-portal", True),
    ],
)
def test_the_cookie_of_a_session_is_for_this_server_alone(new_marked, public_url, name, secure):
    city = new_marked(public_url=public_url)
    client = city.app.test_client()

    answer = client.get("/login", base_url=public_url)

    [header] = answer.headers.getlist("Set-Cookie")
    [(kept, cookie)] = SimpleCookie(header).items()
    assert kept == name
    assert bool(cookie["secure"]) is secure
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["path"] == "/"
    assert not cookie["domain"]
    assert not cookie["expires"]
    assert not cookie["max-age"]


@pytest.mark.parametrize(
    ("public_url", "promised"),
    [("http://127.0.0.1:8000", False), ("https://wennuan.example.cn", True)],
)
def test_https_is_promised_where_it_is_spoken(new_marked, public_url, promised):
    answer = new_marked(public_url=public_url).app.test_client().get("/login", base_url=public_url)

    seconds = re.search(r"max-age=(\d+)", answer.headers.get("Strict-Transport-Security", ""))
    assert bool(seconds) is promised
    assert not promised or int(seconds[1]) >= 31_536_000


# Hosts


FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:8000",
    "wennuan.example.cn.evil.example",
    "evil.example#wennuan.example.cn",
    "evil.example/wennuan.example.cn",
    "wennuan.example.cn@evil.example",
    "wennuan.example.cn:8000@evil.example",
    "wennuan.example.cn evil.example",
    "wennuan.example.cn,evil.example",
    "evil.example\\wennuan.example.cn",
    "sub.wennuan.example.cn",
    "xwennuan.example.cn",
    ".wennuan.example.cn",
    "wennuan.example.cn:evil",
    "wennuan_example_cn",
    "[::1]",
    "127.0.0.1",
    "localhost",
    "0.0.0.0",
    "wennuan。example.cn",
    "xn--wennuan.example.cn",
    "<script>",
    "' OR 1=1",
    "%00",
    "..",
    "x" * 300,
]


@pytest.mark.parametrize("host", FOREIGN_HOSTS)
@pytest.mark.parametrize("path", ["/login", "/healthz", "/nowhere", "/static/css/page.css"])
def test_a_host_that_is_not_ours_is_answered_400(https_city, host, path):
    answer = https_city.app.test_client().get(path, headers={"Host": host}, buffered=True)

    assert answer.status_code == 400
    assert is_sentence(answer, "GET")
    assert not {"Location", "Set-Cookie"} & {*answer.headers.keys()}


@pytest.mark.parametrize("host", ["wennuan.example.cn", "wennuan.example.cn:443"])
def test_our_own_host_is_let_in(https_city, host):
    answer = https_city.app.test_client().get("/login", headers={"Host": host})

    assert answer.status_code == 200


def test_nothing_on_a_page_is_built_from_the_host(walk):
    answer = walk.request("ours-reporter", "GET", REPORT, headers={"Host": "localhost:4711"})

    assert answer.status_code == 200
    assert "localhost:4711" not in answer.text


def test_headers_of_a_proxy_that_is_not_there_are_not_believed(marked):
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Host": "evil.example"}

    marked.signed_in("ours-reporter").client.get("/login", headers=forged)
    marked.stranger().post("/login", headers=forged, username="ours-reporter", password=PASSWORD)

    assert marked.scalar("SELECT count(*) FROM sign_in WHERE address = '6.6.6.6'") == 0


# Going on to somewhere else


ELSEWHERE = [
    "http://evil.example",
    "https://evil.example/",
    "HTTP://evil.example",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "//evil.example/%2f..",
    "/\\evil.example",
    "\\\\evil.example",
    "\\/evil.example",
    "/\\/evil.example",
    "/\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\t//evil.example",
    " //evil.example",
    "/ /evil.example",
    "//\tevil.example",
    "/\x0b/evil.example",
    "/\x1f/evil.example",
    "/\x7f/evil.example",
    "/\u00a0/evil.example",
    "/\u2028/evil.example",
    "/\u3000/evil.example",
    "/\ufeff/evil.example",
    "/\u200b/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "ftp://evil.example",
    "mailto:x@evil.example",
    "evil.example",
    "evil.example/path",
    "@evil.example",
    "user@evil.example",
    "//user:pass@evil.example",
    "http:evil.example",
    "http:/evil.example",
    "http:///evil.example",
    "https:evil.example",
    "https:/\\evil.example",
    ":80",
    "?next=//evil.example",
    "#//evil.example",
    ".//evil.example",
    "..//evil.example",
    ";//evil.example",
    "/\r\nSet-Cookie: a=b",
    "/\r\nLocation: //evil.example",
    "/x\r\n\r\n<script>",
    "//evil.example?/login",
    "//evil.example#/login",
    "//127.0.0.1@evil.example",
    "//localhost.evil.example",
    "//[::1]",
    "//3627734734",
    "//0x08080808",
    "//evil\u3002example",
    "/\uff0fevil.example",
    "\uff0f\uff0fevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/x/..//evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "%2f%2fevil.example",
    "/" + "/" * 50 + "evil.example",
    "",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(walk, target):
    fields = {"username": "ours-reporter", "password": PASSWORD, "next": target}

    answer = walk.request(STRANGER, "POST", "/login", fields)

    location = answer.headers["Location"]
    assert answer.status_code == 303
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert re.fullmatch(r"[!-~]+", location)
    assert walk.request(STRANGER, "GET", f"/login?next={quote(target)}").status_code == 200
    walk.put_right()


@pytest.mark.parametrize("target", ["/", REPORT, f"{REPORT}/trail?item=C9&before=3"])
def test_signing_in_leads_on_to_a_page_of_the_portal(walk, target):
    fields = {"username": "ours-reporter", "password": PASSWORD, "next": target}

    answer = walk.request(STRANGER, "POST", "/login", fields)

    assert answer.headers["Location"] == target
    walk.put_right()


# Bad input


@pytest.fixture
def post(walk):
    """Post raw bytes, as 鄂城's reporter unless another is named; nothing of it is kept."""

    def send(
        path: str, body: bytes, content_type: str, person: str = "ours-reporter", **headers: str
    ) -> Any:
        headers = {"Origin": "http://localhost"} | headers
        answer = walk.raw(person, path, body, content_type, headers)
        walk.put_right()
        return answer

    return send


@pytest.mark.parametrize("person", ["ours-reporter", STRANGER])
@pytest.mark.parametrize("path", [ROW, "/login"])
def test_a_body_that_is_too_large_is_answered_413(walk, post, person, path):
    body = f"csrf_token={walk.tokens[person]}&F1={'1' * 300_000}".encode()

    answer = post(path, body, "application/x-www-form-urlencoded", person)

    assert answer.status_code == 413
    assert is_sentence(answer, "POST")


@pytest.mark.parametrize("fragment", [False, True])
@pytest.mark.parametrize("kind", ["fields", "parts"])
def test_too_many_fields_are_refused(walk, post, kind, fragment):
    headers = {"HX-Request": "true"} if fragment else {}
    if kind == "fields":
        body = b"&".join(b"a%d=1" % number for number in range(20_000))
        answer = post(ROW, body, "application/x-www-form-urlencoded", **headers)
    else:
        part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
        answer = post(ROW, part * 3000 + b"--x--\r\n", "multipart/form-data; boundary=x", **headers)

    assert answer.status_code in {400, 413}
    assert is_sentence(answer, "POST")


ODD_BODIES = {
    "nothing": (b"", "application/x-www-form-urlencoded"),
    "no type": (b"F1=1", ""),
    "nonsense for a type": (b"F1=1", ";;;=\xff"),
    "json": (b'{"F1": "1"}', "application/json"),
    "broken json": (b'{"F1": ', "application/json"),
    "xml": (b"<a/>", "application/xml"),
    "text": (b"F1=1", "text/plain"),
    "multipart without boundary": (b"--x\r\n\r\n--x--", "multipart/form-data"),
    "multipart with an empty boundary": (b"----", "multipart/form-data; boundary="),
    "multipart with a long boundary": (b"--x", "multipart/form-data; boundary=" + "x" * 5000),
    "multipart cut off": (
        b'--x\r\nContent-Disposition: form-data; name="F1"\r\n\r\n1',
        "multipart/form-data; boundary=x",
    ),
    "multipart without names": (
        b"--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "multipart without head": (b"--x\r\n\r\n1\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "a file for a field": (
        b'--x\r\nContent-Disposition: form-data; name="csrf_token"; filename="a"\r\n\r\n1'
        b"\r\n--x--\r\n",
        "multipart/form-data; boundary=x",
    ),
    "an unknown charset": (b"F1=1", "application/x-www-form-urlencoded; charset=klingon"),
    "utf-16": ("F1=1".encode("utf-16"), "application/x-www-form-urlencoded; charset=utf-16"),
    "bytes": (bytes(range(256)), "application/x-www-form-urlencoded"),
    "broken escapes": (b"F1=%&F1=%zz&%=1", "application/x-www-form-urlencoded"),
}


@pytest.mark.parametrize("fragment", [False, True])
@pytest.mark.parametrize("person", ["ours-reporter", STRANGER])
@pytest.mark.parametrize("kind", ODD_BODIES)
def test_an_odd_body_is_refused_with_a_sentence(walk, post, kind, person, fragment):
    body, content_type = ODD_BODIES[kind]

    answer = post(ROW, body, content_type, person, **({"HX-Request": "true"} if fragment else {}))

    assert 400 <= answer.status_code < 500
    assert is_sentence(answer, "POST")


ODD_TEXTS = {
    "nul": "\x00",
    "nul inside": "1\x002",
    "a long text": "长" * 20_000,
    "control characters": "".join(map(chr, range(1, 32))),
    "right to left": "\u202e12\u2066",
    "separators": "\u2028\u2029\x85",
    "no characters": "\ufffe\uffff\U0010ffff",
    "a lone surrogate": "\ud800",
    "emoji": "👩‍👩‍👧‍👦",
    "markup": "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>",
    "a template": "{{ 7 * 7 }}{% raw %}${7*7}",
    "sql": "1'; DROP TABLE report; --",
    "a formula": "=1+1",
    "combining": "1" + "\u0301" * 500,
    "spaces": " \u3000\u00a0",
}
ODD_NUMBERS = {
    "a long number": "9" * 100_000,
    "other digits": "١٢٣",
    "superscript": "²",
    "infinity": "inf",
    "not a number": "NaN",
    "exponent": "1e308",
    "negative": "-1",
    "negative zero": "-0",
    "hexadecimal": "0x10",
    "underscores": "1_000",
}
"""What some reader of numbers takes for one; sent where no words are known to belong."""
ODD = {**ODD_TEXTS, **ODD_NUMBERS}


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_in_any_field_of_any_view_breaks_nothing(walk, posts, kind):
    text = ODD[kind]
    wrong = []
    for route, person, path in posts:
        fields = route.example.fields
        read = {*fields, *route.example.reads}
        besides = dict.fromkeys(READ_ELSEWHERE - read, text)
        for name in read or {"unknown"}:
            if kind in ODD_NUMBERS and str(fields.get(name, "")).isalpha():
                continue
            odd = {**besides, **fields, name: text}
            answer = walk.raw_fields(person, path, odd)
            if answer.status_code >= 500 or not is_whole(answer):
                wrong.append(f"{name} of {route.endpoint} is {answer.status_code}")
        walk.put_right()

    assert not wrong, told(wrong)


READ_ELSEWHERE = {"next", "carried", "unknown"}
"""Fields that most views do not read: they are sent along, and hide no other field's fault."""


@pytest.fixture(scope="module")
def posts(walk: Walk) -> list[tuple[Route, str, str]]:
    """Every route that takes posts, somebody who may, and its path."""
    return [
        (route, who_is_granted(route)[0], route.path(at(route)))
        for route in routes(walk.city.app)
        if route.method == "POST"
    ]


@pytest.mark.parametrize("kind", ODD)
def test_an_odd_text_in_the_questions_of_any_page_breaks_nothing(walk, kind):
    odd = quote(in_bytes(ODD[kind][:500]))
    wrong = []
    for route in routes(walk.city.app):
        if route.method == "GET":
            asked = "&".join(f"{name}={odd}" for name in QUESTIONS)
            answer = walk.request("city-admin", "GET", f"{route.path(at(route))}?{asked}")
            if answer.status_code >= 500 or not is_whole(answer):
                wrong.append(f"{route.endpoint} is {answer.status_code}")

    assert not wrong, told(wrong)


QUESTIONS = (
    "against",
    "at",
    "before",
    "code",
    "compare",
    "find",
    "item",
    "kind",
    "last_year",
    "mine",
    "name",
    "next",
    "only",
    "page",
    "scope",
    "section",
    "seen",
    "show",
    "since",
    "text",
    "to",
    "unknown",
    "urgent",
    "v",
)
"""Everything that some page reads from its address; a test compares it with the source."""


def test_every_question_that_a_page_reads_is_asked_oddly():
    sources = (Path(wants_fragment.__code__.co_filename).parent).rglob("*.py")
    read = re.compile(r"request\.(?:args|values)\.get(?:list)?\(\s*\"(\w+)\"")

    found = {name for path in sources for name in read.findall(path.read_text("utf-8"))}

    assert found <= {*QUESTIONS}


def in_bytes(text: str) -> bytes:
    """A text as bytes, with lone surrogates as a careless client sends them."""
    return text.encode("utf-8", "surrogatepass")


def is_whole(answer: Any) -> bool:
    """Whether an answer tells nothing of the inside of the portal."""
    inside = rb"Traceback|File \"|sqlalchemy|sqlite|/portal/|\.py\b"
    return answer.data.startswith(b"PK") or not re.search(inside, answer.data)


@pytest.mark.parametrize(
    "carried",
    [
        '[["a", "\\ud800"]]',
        '[["\\ud800", "a"]]',
        "[[]]",
        "[1]",
        '{"a": 1}',
        "[" * 10_000,
        '[["a", {"b": 1}]]',
        "[[null, 1]]",
    ],
)
def test_fields_carried_through_a_sign_in_are_read_with_care(walk, carried):
    fields = {"username": "ours-reporter", "password": PASSWORD, "carried": carried}

    answer = walk.request(STRANGER, "POST", "/login", fields)

    assert answer.status_code in {200, 303}
    walk.put_right()


@pytest.mark.parametrize("value", ["9" * 400, "1" * 5000, "99999999999999999999", "-1", "x", "0"])
def test_a_number_that_no_database_holds_is_no_fault_of_the_server(walk, value):
    for path in (f"{REPORT}/submissions/{value}", f"{REPORT}/trail?before={value}"):
        answer = walk.request("ours-reporter", "GET", path)

        assert answer.status_code < 500


def test_a_fault_of_the_server_tells_a_number_and_nothing_else(new_marked):
    city = new_marked()
    browser = city.signed_in("ours-reporter")

    def broken(**_values: str) -> str:
        raise ZeroDivisionError("a secret of the inside")

    broken.rule = city.app.view_functions["reports.report"].rule  # type: ignore[attr-defined]
    city.app.view_functions["reports.report"] = broken

    answer = browser.get(REPORT)

    assert answer.status_code == 500
    assert re.search(r"[0-9a-f]{8}", answer.text)
    assert "secret" not in answer.text
    assert "ZeroDivision" not in answer.text
    assert is_whole(answer)


@pytest.fixture(scope="module")
def https_city(founded_marked: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A city that people reach under a name, over TLS."""
    folder = tmp_path_factory.mktemp("https") / "city"
    city = open_marked(founded_marked, folder, public_url="https://wennuan.example.cn")
    yield city
    city.close()
