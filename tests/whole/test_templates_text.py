"""Templates carry markup only: no script, no style, no way round escaping, no other host."""

import re
from pathlib import Path

import pytest

TEMPLATES = Path(__file__).parents[2] / "portal" / "templates"

JINJA_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
JINJA_CODE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
SCRIPT = re.compile(
    r"<script\b(?:[^>\"']|\"[^\"]*\"|'[^']*')*>(?P<body>.*?)(?:</script\s*>|\Z)",
    re.DOTALL | re.IGNORECASE,
)
ASKS_FOR_PERMISSION = re.compile(r"\bmay\s*\(|\brules\s*\.|\.permits\s*\(|\bperson\.roles\b")
"""How a template would decide for itself who may: the rules, asked in its own code."""

MAX_LINE = 200
"""Characters in a line of a template; a longer one is not read to its end."""

COORDINATE = re.compile(
    r"<(?:svg|rect|line|polyline|path|circle|text)\b[^>]*?"
    r"\s(?:x|y|[xy][12]|width|height|viewBox|points|d|r|cx|cy)=\"(?!0 0 \{)[^\"{]*[0-9][^\"]*\""
)
"""A number that a template draws with; where a drawing's parts lie is computed in the domain."""

# What separates an attribute from what stands before it.
BEFORE = r"(?:^|[\s\"'/])"

FORBIDDEN_AS_WRITTEN = {
    "a filter that switches escaping off": r"\|\s*safe\b|\bfilter\s+safe\b",
    "autoescape switched off": r"\bautoescape\s+(?!true\b)",
    "hx-on": r"\bhx-on\b",
    "a javascript: address or value": r"\bjavascript\s*:|[\"']\s*js\s*:",
    "hx-trigger with a condition": r"hx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[|[^\s>\"']*\[)",
    "an address on another host": r"(?<!xmlns=\")\b(?:https?|wss?|ftp)://|[\"'=(,]\s*[/\\]{2}",
}
FORBIDDEN_AROUND_JINJA = {
    "an on… attribute": BEFORE + r"on[a-z]*\s*=",
    "a style attribute": BEFORE + r"style\s*=",
    "a style element": r"<style\b",
}

SOUND = [
    '<script src="{{ url_for("static", filename="js/row.js") }}" defer></script>',
    "{# <b onclick=x> and |safe and hx-on are explained here #}<p></p>",
    '{% set online = 3 %}{% if style == "x" %}…{% endif %}{{ cell(on=1, style=2) }}',
    '{% autoescape true %}{% endautoescape %}<p>Json = 1, season="x", on time, style</p>',
    '<td hx-trigger="change, keyup delay:300ms from:closest tr" data-on="1" class="style">',
    '<a href="/o/{{ code }}/">第 1//2 页</a> <a href="#x">{{ a // b }}</a>',
    '<svg xmlns="http://www.w3.org/2000/svg"></svg>',
    "{{ name | safety }} <p>通知：safe</p>",
]

UNSOUND = [
    ("<script>go()</script>", "a script with a body"),
    ('<SCRIPT type="application/json">\n{{ figures|tojson }}\n</SCRIPT >', "a script with a body"),
    ('<script data-a="1>2">go()', "a script with a body"),
    ('<script src="a.js"></script><script>go()</script>', "a script with a body"),
    ('<b onclick="go()">', "an on… attribute"),
    ("<b\nOnMouseOver = go()>", "an on… attribute"),
    ("<b {% if x %}onclick='go()'{% endif %}>", "an on… attribute"),
    ('<b on{{ event }}="go()">', "an on… attribute"),
    ('<b class="a"onfocus="go()">', "an on… attribute"),
    ("<svg/onload=go()>", "an on… attribute"),
    ('<p style="color: red">', "a style attribute"),
    ("<p {% if wide %}STYLE='width: {{ width }}%'{% endif %}>", "a style attribute"),
    ("<style>p { color: red }</style>", "a style element"),
    ("{{ name|safe }}", "a filter that switches escaping off"),
    ("{{ name\n | safe }}", "a filter that switches escaping off"),
    ("{% filter safe %}{% endfilter %}", "a filter that switches escaping off"),
    ("{% autoescape false %}{% endautoescape %}", "autoescape switched off"),
    ("{%- autoescape  False -%}{% endautoescape %}", "autoescape switched off"),
    ("{% autoescape lax %}{% endautoescape %}", "autoescape switched off"),
    ('<b hx-on:click="go()">', "hx-on"),
    ('<b data-hx-on--load="go()">', "hx-on"),
    ('<a href="javascript:go()">', "a javascript: address or value"),
    ("<a href=' JavaScript :go()'>", "a javascript: address or value"),
    ('<b hx-vals="js:{a: 1}">', "a javascript: address or value"),
    ('<input hx-trigger="keyup[key==1]">', "hx-trigger with a condition"),
    ("<input data-hx-trigger = 'load,\nclick[ctrlKey]'>", "hx-trigger with a condition"),
    ("<input hx-trigger=click[ctrlKey]>", "hx-trigger with a condition"),
    ('<img src="https://example.com/a.png">', "an address on another host"),
    ('<img src="//example.com/a.png">', "an address on another host"),
    (r'<a href="/\example.com">', "an address on another host"),
    ("<a href=//example.com>", "an address on another host"),
    ('<img srcset="a.png 1x, //example.com/a.png 2x">', "an address on another host"),
    ('<a href="{{ "HTTP://example.com" }}">', "an address on another host"),
]


def test_every_template_is_plain_markup():
    templates = {path.relative_to(TEMPLATES): path for path in files_in(TEMPLATES)}

    found = {
        str(name): faults(path.read_text(encoding="utf-8")) for name, path in templates.items()
    }

    assert templates
    assert {name: reasons for name, reasons in found.items() if reasons} == {}


def test_no_line_of_a_template_is_too_long_to_read():
    too_long = [
        f"{path.relative_to(TEMPLATES)}:{number}"
        for path in files_in(TEMPLATES)
        for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1)
        if len(line) > MAX_LINE
    ]

    assert too_long == []


def test_no_fragment_asks_who_may():
    fragments = [path for path in files_in(TEMPLATES) if path.name.startswith("_")]

    asking = [
        str(path.relative_to(TEMPLATES))
        for path in fragments
        if asks_for_permission(path.read_text(encoding="utf-8"))
    ]

    assert fragments
    assert asking == []


@pytest.mark.parametrize(
    ("template", "asks"),
    [
        ("{% if may(rules.reviewer, here.id) %}<a>审核</a>{% endif %}", True),
        ("{% set own = rules.own_reviewer %}", True),
        ("{{ rule.permits(person, here.id) }}", True),
        ('{% if "auditor" in person.roles %}', True),
        ('{# needs: links; what the person may (see rules.py) #}{% if "review" in links %}', False),
        ("<p>may(be) rules.</p>{{ dismay(1) }}", False),
    ],
)
def test_a_template_that_asks_who_may_is_found(template, asks):
    assert asks_for_permission(template) is asks


def test_no_template_knows_where_the_parts_of_a_drawing_lie():
    drawing = {
        str(path.relative_to(TEMPLATES)): COORDINATE.findall(path.read_text(encoding="utf-8"))
        for path in files_in(TEMPLATES)
    }

    assert {name: found for name, found in drawing.items() if found} == {}
    assert COORDINATE.search('<rect class="bar" x="190" y="{{ bar.top }}"></rect>')
    assert COORDINATE.search('<svg viewBox="0 0 720 {{ height }}">')
    assert not COORDINATE.search('<svg viewBox="0 0 {{ width }} {{ height }}">')


@pytest.mark.parametrize("template", SOUND)
def test_a_sound_template_has_no_faults(template):
    assert faults(template) == []


@pytest.mark.parametrize(("template", "fault"), UNSOUND)
def test_an_unsound_template_is_reported(template, fault):
    assert faults(template) == [fault]


def test_templates_of_every_depth_and_suffix_are_read(tmp_path):
    (tmp_path / "reports" / "actions").mkdir(parents=True)
    for name in ("layout.html", "reports/actions/draft.html", "reports/mail.txt"):
        (tmp_path / name).touch()

    assert len(files_in(tmp_path)) == 3


def files_in(folder: Path) -> list[Path]:
    """Every file under a folder, whatever its suffix."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def faults(template: str) -> list[str]:
    """What a template holds that it must not, one name for each kind; Jinja comments may tell."""
    written = JINJA_COMMENT.sub("", template)
    markup = JINJA_CODE.sub(" ", written)
    scripts = [script["body"].strip() for script in SCRIPT.finditer(written)]
    found = ["a script with a body"] if any(scripts) else []
    found += _matching(FORBIDDEN_AS_WRITTEN, written)
    return found + _matching(FORBIDDEN_AROUND_JINJA, markup)


def asks_for_permission(template: str) -> bool:
    """Whether a template's Jinja code, comments aside, asks a rule about the person."""
    code = JINJA_CODE.findall(JINJA_COMMENT.sub("", template))
    return any(ASKS_FOR_PERMISSION.search(each) for each in code)


def _matching(forbidden: dict[str, str], text: str) -> list[str]:
    return [name for name, pattern in forbidden.items() if re.search(pattern, text, re.IGNORECASE)]
