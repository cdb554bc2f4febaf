"""Scans: pictures are stripped to their drawing segments; PDFs are recognised by content."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.figures import Problem
from portal.domain.report import scans
from portal.domain.report.scans import Scan, read_scan
from tests.scans import PDF, chunk, exif, jpeg, png, segment

HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("content", "media_type"),
    [(PDF, "application/pdf"), (png(), "image/png"), (jpeg(), "image/jpeg")],
)
def test_each_kind_is_known_by_what_is_in_it(content, media_type):
    scan = read_scan(content)

    assert isinstance(scan, Scan)
    assert scan.media_type == media_type


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", scans.EMPTY),
        (HTML, scans.UNKNOWN),
        (HTML + PDF, scans.UNKNOWN),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", scans.UNKNOWN),
        (b"GIF89a;" + HTML, scans.UNKNOWN),
        (b"PK\x03\x04" + PDF, scans.UNKNOWN),
        (b"\x00\x00\x00\x18ftypheic" + b"\0" * 40, scans.TELEPHONE),
        (PDF[:-8], scans.DAMAGED),
        (b"%PDF-1.4\n" + HTML, scans.DAMAGED),
        (b"%PDF-1.4 %%EOF", scans.DAMAGED),
        (PDF + b"PK" * 2000, scans.DAMAGED),
        (PDF.replace(b"<<>>", b"<</S /JavaScript /JS (x)>>"), scans.ACTIVE),
        (PDF.replace(b"<<>>", b"<</S /Launch>>"), scans.ACTIVE),
        (png()[:-1], scans.DAMAGED),
        (png()[:40], scans.DAMAGED),
        (b"\x89PNG\r\n\x1a\n" + HTML, scans.DAMAGED),
        (png().replace(b"IDAT", b"IDAX"), scans.DAMAGED),
        (png(16_001, 1), scans.TOO_LARGE_A_PICTURE),
        (png(10_001, 10_000), scans.TOO_LARGE_A_PICTURE),
        (png(0, 5), scans.DAMAGED),
        (jpeg()[:-2], scans.DAMAGED),
        (jpeg()[:30], scans.DAMAGED),
        (b"\xff\xd8\xff\xd9", scans.DAMAGED),
        (b"\xff\xd8\xff\xe0" + HTML, scans.DAMAGED),
        (jpeg(65_535, 65_535), scans.TOO_LARGE_A_PICTURE),
    ],
)
def test_other_content_is_refused_with_its_fault(content, problem):
    assert read_scan(content) == problem


@pytest.mark.parametrize("content", [png(), jpeg(), PDF])
def test_content_after_the_end_is_dropped(content):
    scan = read_scan(content + HTML)

    assert isinstance(scan, Scan)
    assert HTML not in scan.content
    assert scan == read_scan(content)


def test_content_between_picture_segments_is_dropped():
    scans_kept = [
        read_scan(png(2, 2, chunk(b"tEXt", b"Comment\0" + HTML))),
        read_scan(jpeg(8, 8, segment(0xFE, HTML), segment(0xE2, HTML))),
    ]

    assert scans_kept == [read_scan(png()), read_scan(jpeg())]


def test_a_photograph_stays_the_right_way_up_and_forgets_where_it_was_taken():
    scan = read_scan(jpeg(8, 8, exif(6, b"N 30.39 E 114.89")))

    assert isinstance(scan, Scan)
    assert b"114.89" not in scan.content
    assert scan == read_scan(scan.content)
    assert b"\x01\x12\x00\x03\x00\x00\x00\x01\x00\x06" in scan.content


@given(st.binary(max_size=200), st.sampled_from([b"", png()[:33], jpeg()[:25], PDF[:20]]))
def test_any_content_is_kept_or_refused_without_an_error(content, head):
    answer = read_scan(head + content)

    assert isinstance(answer, Scan | Problem)


@given(st.integers(0, 120), st.integers(0, 255))
def test_a_picture_with_a_wrong_byte_is_never_kept_longer_than_it_is(place, byte):
    content = bytearray(jpeg(8, 8, segment(0xE0, b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0")))
    content[place % len(content)] = byte

    answer = read_scan(bytes(content))

    assert isinstance(answer, Problem) or len(answer.content) <= len(content)
