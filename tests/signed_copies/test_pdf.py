"""PDFs: looked into by a child process, which sees what a search through the bytes does not."""

import zlib

import pytest

from portal.domain.report import scans
from portal.domain.report.scans import Scan, read_scan
from portal.signed_copies import pdf_child, pdf_reading
from portal.signed_copies.pdf_reading import PROBLEMS, problem_in
from tests.scans import PAGES, PDF, pdf

CATALOGUE = PAGES[0].removesuffix(b">>")


def packed(*objects: bytes) -> bytes:
    """A PDF that has more objects, from 6 on, in a compressed stream (PDF 1.5)."""
    heads, bodies = b"", b""
    for number, each in enumerate(objects, 6):
        heads += b"%d %d " % (number, len(bodies))
        bodies += each + b" "
    stream = zlib.compress(heads + bodies)
    holder = b"<</Type/ObjStm/N %d/First %d/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (
        len(objects),
        len(heads),
        len(stream),
        stream,
    )
    content, places = b"%PDF-1.5\n", []
    for number, each in enumerate((*PAGES, holder), 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    rows = [bytes([0, 0, 0, 0])] + [b"\1" + at.to_bytes(2, "big") + b"\0" for at in places]
    rows.append(b"\1" + len(content).to_bytes(2, "big") + b"\0")
    rows += [bytes([2, 0, 4, place]) for place in range(len(objects))]
    table = zlib.compress(b"".join(rows))
    head = b"<</Type/XRef/Size %d/W[1 2 1]/Root 1 0 R/Filter/FlateDecode/Length %d>>" % (
        len(rows),
        len(table),
    )
    at = len(content)
    content += b"5 0 obj\n%sstream\n%s\nendstream\nendobj\n" % (head, table)
    return content + b"startxref\n%d\n%%%%EOF\n" % at


@pytest.mark.parametrize("content", [PDF, packed(b"<</Title (x)>>")])
def test_a_plain_pdf_is_kept(content):
    assert pdf_child.answer_for(content) == "sound"


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (packed(b"<</Title (x)>>"), None),
        (packed(b"<</S /JavaScript /JS (app.alert(1))>>"), scans.ACTIVE),
        (b"", scans.DAMAGED),
    ],
)
def test_a_child_with_limits_looks_into_it(content, problem):
    assert problem_in(content) == problem


HIDDEN = {
    "a packed script": packed(b"<</S /JavaScript /JS (app.alert(1))>>"),
    "an escaped name": pdf(CATALOGUE + b"/OpenAction <</S /Java#53cript>> >>", *PAGES[1:]),
    "a packed attachment": packed(b"<</Names <</EmbeddedFiles <</Names []>> >> >>"),
    "an object that no page leads to": pdf(*PAGES, b"<</A [1 [2 <</S /Import#44ata>>]]>>"),
    "a packed program": packed(b"<</S /Launch /F (cmd)>>"),
}


@pytest.mark.parametrize("content", HIDDEN.values(), ids=HIDDEN)
def test_what_acts_is_found_where_the_bytes_do_not_show_it(content):
    assert isinstance(read_scan(content), Scan)  # the search through the bytes lets it pass
    assert pdf_child.answer_for(content) == "active"


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (pdf(PAGES[0], b"<</Type/Pages/Kids[]/Count 0>>"), "pages"),
        (pdf(*PAGES, trailer=b"/Encrypt <</Filter/Standard/V 1/R 2/O ()/U ()/P 0>>"), "locked"),
        (b"%PDF-1.4\nnothing\nstartxref\n9\n%%EOF\n", "damaged"),
        (pdf(*PAGES, b"[" * 5000 + b"]" * 5000), "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_cannot_be_looked_at_is_not_kept(content, word):
    assert pdf_child.answer_for(content) == word
    assert word in PROBLEMS


def test_a_child_that_is_stopped_keeps_nothing(monkeypatch):
    monkeypatch.setattr(pdf_reading, "MAX_SECONDS", 0.001)

    assert problem_in(PDF) == scans.DAMAGED
