"""盖章件: uploaded by the unit, compared by the desk, and never more than a picture or a PDF."""

import io

import pytest

from tests.scans import PDF, exif, jpeg, png

HTML = b"<!doctype html><script>alert(1)</script>"


def upload(person, *files: tuple[str, bytes], code: str | None = None):
    url = person.url("/report/signed-copy", code=code)
    return person.post(url, page=[(io.BytesIO(content), name) for name, content in files])


def scan(person, code: str | None = None) -> str:
    page = person.page(person.url("/report/signed-copy", code=code))
    return page.by_id("scan").get("data-scan")


@pytest.fixture
def submitted(echeng):
    """鄂城's report, handed in."""
    return echeng.report("submitted")


def test_a_unit_uploads_and_the_desk_finds_it_agrees(submitted, echeng, city):
    assert scan(echeng) == "missing"

    assert upload(echeng, ("第一页.jpg", jpeg()), ("第二页.png", png())).status_code == 303
    assert scan(echeng) == "uploaded"
    assert city.sees(submitted, "已传")
    city.post(f"{submitted.url}/signed-copy/match", number="1")

    assert scan(echeng) == "matched"
    assert city.sees(submitted, "已核对一致")
    assert submitted.trail()[-2:] == ["signed-copy-uploaded", "signed-copy-matched"]


def test_a_served_scan_cannot_run_as_a_page(submitted, echeng, city):
    upload(echeng, ("x.html", jpeg(8, 8, exif(6, HTML)) + HTML))

    answer = city.get(f"{submitted.url}/signed-copy/1/1")

    assert answer.status_code == 200
    assert answer.mimetype == "image/jpeg"
    assert HTML not in answer.data
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert disposition.isascii()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].endswith("; sandbox")


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("盖章.pdf", HTML, "只接受 PDF、JPEG、PNG"),
        ("图.svg", b"<svg onload='x()'/>", "只接受"),
        ("空.pdf", b"", "文件是空的"),
        ("半.png", png()[:40], "不完整"),
        ("大.png", png(60_000, 60_000), "像素太多"),
        ("带脚本.pdf", PDF.replace(b"<<>>", b"<</S /JavaScript>>"), "脚本"),
        ("../../<b>.pdf", HTML, "“<b>.pdf”"),
    ],
)
def test_a_hostile_file_is_refused_by_name_and_nothing_is_kept(
    submitted, echeng, city_app, name, content, words
):
    answer = upload(echeng, (name, content))

    assert answer.status_code == 422
    assert words in answer.text.replace("&lt;", "<").replace("&gt;", ">")
    assert city_app.scalar("SELECT count(*) FROM signed_page") == 0
    assert scan(echeng) == "missing"


def test_one_bad_page_keeps_none_and_five_are_too_many(submitted, echeng, city_app):
    answers = [
        upload(echeng, ("好.png", png()), ("坏.png", HTML)).status_code,
        upload(echeng, *[("页.png", png())] * 5).status_code,
        upload(echeng).status_code,
    ]

    assert answers == [422, 422, 422]
    assert city_app.scalar("SELECT count(*) FROM signed_page") == 0


def posted_whole(person, content: bytes):
    """The same as bytes: the test client would leave its own large file open."""
    frame = (
        f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{person.token()}\r\n'
        '--x\r\nContent-Disposition: form-data; name="page"; filename="a.pdf"\r\n\r\n'
    )
    body = frame.encode() + content + b"\r\n--x--\r\n"
    url = person.url("/report/signed-copy")
    return person.client.post(url, data=body, content_type="multipart/form-data; boundary=x")


def test_more_than_ten_megabytes_are_refused_and_nine_are_taken(submitted, echeng):
    answers = [
        posted_whole(echeng, PDF + b" " * (11 * 1024 * 1024)).status_code,
        posted_whole(echeng, PDF[:9] + b"%" * (9 * 1024 * 1024) + PDF[9:]).status_code,
    ]

    assert answers == [413, 303]


def test_a_new_scan_takes_the_place_and_the_old_one_stays_to_be_seen(submitted, echeng, city):
    upload(echeng, ("一.png", png()))
    city.post(f"{submitted.url}/signed-copy/match", number="1")

    upload(echeng, ("二.pdf", PDF))
    late = city.post(f"{submitted.url}/signed-copy/match", number="1")

    assert scan(echeng) == "uploaded"
    assert late.status_code == 409
    assert echeng.get(f"{submitted.url}/signed-copy/1/1").mimetype == "image/png"
    assert echeng.get(f"{submitted.url}/signed-copy/2/1").mimetype == "application/pdf"


def test_the_same_scan_once_more_changes_nothing(submitted, echeng, city_app, city):
    upload(echeng, ("一.png", png()))
    city.post(f"{submitted.url}/signed-copy/match", number="1")

    upload(echeng, ("一.png", png()))

    assert scan(echeng) == "matched"
    assert city_app.scalar("SELECT count(*) FROM signed_page") == 1


def test_a_new_submission_needs_a_new_scan(submitted, echeng):
    upload(echeng, ("一.png", png()))
    echeng.post(f"{submitted.url}/withdrawal")
    echeng.submit("again")

    assert scan(echeng) == "missing"


def test_before_the_submission_nothing_can_be_uploaded(echeng):
    echeng.report("draft")

    answer = upload(echeng, ("一.png", png()))

    assert answer.status_code == 409
    assert "上报以后" in answer.text


def test_only_the_unit_uploads_and_only_the_next_level_compares(
    submitted, echeng, gedian, city, city_app
):
    upload(echeng, ("一.png", png()))
    viewer = city_app.person("shizong-viewer")
    here = f"{submitted.url}/signed-copy"

    assert upload(gedian, ("一.png", png()), code="echeng").status_code == 404
    assert gedian.get(f"{here}/1/1").status_code == 404
    assert upload(city, ("一.png", png()), code="echeng").status_code == 403
    assert viewer.get(f"{here}/1/1").status_code == 200
    assert viewer.post(f"{here}/match", number="1").status_code == 403
    assert echeng.post(f"{here}/match", number="1").status_code == 403
    assert city_app.person("echeng-reviewer").post(f"{here}/match", number="1").status_code == 403


def test_a_required_scan_is_needed_for_acceptance(submitted, echeng, city, city_app):
    city_app.campaign(signed_copy_required=True)

    refused = city.post(f"{submitted.url}/acceptance", number="1")
    home = echeng.page("/o/echeng/").text
    upload(echeng, ("一.png", png()))
    accepted = city.post(f"{submitted.url}/acceptance", number="1")

    assert (refused.status_code, accepted.status_code) == (409, 303)
    assert "要求上传盖章件" in refused.text
    assert "，未传盖章件。" in home
    assert submitted.state == "accepted"


def test_without_the_requirement_no_scan_is_asked_for(submitted, echeng):
    assert "未传盖章件" not in echeng.page("/o/echeng/").text
