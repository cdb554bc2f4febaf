"""`portal verify`: whatever was changed behind the portal's back is found, and named."""

import json

import pytest

from portal.domain.report.submission import canonical_bytes, fingerprint
from tests.commands.shell import Shell

TAMPERED = [
    (
        "UPDATE figure SET value = value + 1 "
        "WHERE item = 'A1' AND report_id = (SELECT id FROM report WHERE state = 'draft')",
        {"数"},
    ),
    (
        "UPDATE figure SET version = 9 "
        "WHERE item = 'A1' AND report_id = (SELECT id FROM report WHERE state = 'draft')",
        {"数"},
    ),
    (
        "DELETE FROM figure "
        "WHERE item = 'A1' AND report_id = (SELECT id FROM report WHERE state = 'draft')",
        {"数"},
    ),
    (
        "UPDATE figure SET value = value + 1 "
        "WHERE item = 'A1' AND report_id = (SELECT id FROM report WHERE state = 'submitted')",
        {"数", "报表"},
    ),
    ("UPDATE trail SET note = 'x' WHERE id = 20", {"操作日志"}),
    ("UPDATE trail SET at = '2020-01-01' WHERE id = 20", {"操作日志"}),
    (
        "DELETE FROM trail WHERE id = (SELECT max(id) FROM trail WHERE action = 'figure-saved')",
        {"操作日志", "数"},
    ),
    ("DELETE FROM trail WHERE action = 'campaign-opened'", {"操作日志"}),
    ("DELETE FROM trail_head WHERE organisation_id = 1", {"操作日志"}),
    (
        "UPDATE submission SET document = replace(document, '王芳', '王方') WHERE number = 1",
        {"报送存档"},
    ),
    ("UPDATE submission SET sha256 = '' WHERE report_id = 1", {"报送存档"}),
    ("DELETE FROM submission WHERE report_id = 2", {"报表"}),
    ("UPDATE report SET state = 'accepted' WHERE state = 'submitted'", {"报表"}),
    ("UPDATE report SET state = 'draft' WHERE state = 'returned'", {"报表"}),
    ("UPDATE report SET submissions = 7 WHERE id = 3", {"报表"}),
    ("UPDATE form_edition SET document = document || ' ' WHERE id = 1", {"表样"}),
    ("UPDATE report SET campaign_id = 99 WHERE id = 1", {"外键"}),
    ("UPDATE organisation SET path = '/00000007/' WHERE code = 'qiye'", {"单位"}),
    ("UPDATE organisation SET parent_id = NULL WHERE code = 'qiye'", {"单位"}),
    ("UPDATE expectation SET path = '/00000007/' WHERE code = 'qiye'", {"各任务的单位名单"}),
]


@pytest.mark.parametrize(("statement", "found"), TAMPERED)
def test_a_change_made_outside_the_portal_is_found(demo: Shell, statement, found):
    demo.tamper(statement)

    answer = demo("verify")

    wrong = {line.partition("：")[0] for line in answer.text.splitlines() if "有误" in line}
    assert answer.status == 1
    assert wrong == found
    assert answer.errors.startswith("核对没有通过：")
    assert all(name in answer.errors for name in found)


def test_a_missing_trigger_is_found(demo: Shell):
    [(name,), *_] = demo.ask("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    demo.change(f"DROP TRIGGER {name}")

    answer = demo("verify")

    assert answer.status == 1
    assert f"缺少 {name}" in answer.text


def test_a_form_whose_sums_do_not_add_up_is_found_although_its_fingerprint_fits(demo: Shell):
    [(report, document)] = demo.ask("SELECT report_id, document FROM submission LIMIT 1")
    said = json.loads(document)
    said["figures"]["A"] += 1
    forged = canonical_bytes(said).decode()
    demo.tamper(
        "UPDATE submission SET document = ?, sha256 = ? WHERE report_id = ?",
        forged,
        fingerprint(forged.encode()),
        report,
    )

    answer = demo("verify")

    assert answer.status == 1
    assert "的合计不符" in answer.text


def test_each_check_says_what_it_looked_at(demo: Shell):
    answer = demo("verify")

    assert answer.status == 0
    assert "操作日志：13 条链" in answer.text
    assert "报送存档：17 份，正确" in answer.text
    assert "触发器：" in answer.text
