"""`portal remind`: only those who have not submitted, once a moment, one mail a person."""

import pytest

from portal.cli.reminders import remind
from tests.reminders.conftest import give_addresses

MOMENT = "2027-01-25 09:00"


@pytest.fixture
def run(new_city_app, postbox):
    """Run the command in a city whose people have addresses; answers what it printed."""
    app = new_city_app(post=postbox.office)
    give_addresses(
        app,
        echeng="wangfang@example.cn",
        echeng_head="gao@example.cn",
        gedian="liuyang@example.cn",
        jiaoyu="zhou@example.cn",
        shizong="zhanghui@example.cn",
    )

    def at(moment: str, *arguments: str):
        app.clock_at(moment)
        return app.app.test_cli_runner().invoke(remind, list(arguments))

    at.city = app
    return at


def test_nothing_goes_out_a_second_before_and_everything_once_from_then_on(run, postbox):
    give_addresses(run.city, shizong_reporter="", linkong="")
    run("2027-01-18 12:59:59")
    assert postbox.to() == []

    run("2027-01-18 13:00")
    run("2027-01-18 13:00:01")

    assert sorted(postbox.to()) == ["gao@example.cn", "liuyang@example.cn", "wangfang@example.cn"]


def test_each_moment_mails_again(run, postbox):
    for moment in ("2027-01-18 13:00", "2027-01-25 09:00", "2027-01-26 09:00", "2027-01-26 17:31"):
        run(moment)

    assert postbox.to().count("liuyang@example.cn") == 3


def test_who_has_submitted_or_is_exempt_or_does_not_report_gets_nothing(run, postbox):
    run.city.person("gedian").report("submitted")

    run(MOMENT)

    assert sorted(postbox.to()) == ["gao@example.cn", "wangfang@example.cn"]


def test_one_person_gets_one_mail_whatever_is_owed(run, postbox):
    give_addresses(run.city, gedian="wangfang@example.cn", echeng_head="")

    run(MOMENT)

    assert postbox.to() == ["wangfang@example.cn"]
    text = postbox.messages[0].get_content()
    assert "鄂城区总工会" in text
    assert "葛店开发区总工会" in text


def test_a_failed_message_is_sent_again(run, postbox):
    postbox.refused.add("liuyang@example.cn")
    assert run(MOMENT).exit_code == 1
    postbox.refused.clear()

    again = run("2027-01-25 10:00")

    assert again.exit_code == 0
    assert postbox.to().count("liuyang@example.cn") == 1
    assert "发出 1 封，没有发出 0 封" in again.output


def test_a_dry_run_sends_and_stores_nothing(run, postbox):
    answer = run(MOMENT, "--dry-run")

    assert "将发送 刘洋 <liuyang@example.cn>：葛店开发区总工会（2027-spring，截止前一天）" in (
        answer.output
    )
    assert postbox.messages == []
    assert run.city.scalar("SELECT count(*) FROM reminder") == 0


@pytest.mark.parametrize(
    "address",
    ["https://wennuan.example.cn", "http://10.2.3.4:8000", "http://[fd00::7]:8000"],
)
def test_the_link_in_a_mail_is_the_public_address(new_city_app, postbox, address):
    app = new_city_app(post=postbox.office, public_url=address)
    give_addresses(app, gedian="liuyang@example.cn")
    app.clock_at(MOMENT)

    answer = app.app.test_cli_runner().invoke(remind)

    assert answer.exit_code == 0, answer.output
    link = f"{address}/o/gedian/campaigns/2027-spring/report"
    assert link in postbox.messages[0].get_content()


def test_a_dry_run_counts_the_units_that_nobody_can_reach(run):
    said = run(MOMENT, "--dry-run").output

    assert "欠报 5 家，其中 3 家没有登记电子邮箱。" in said


def test_an_extension_moves_the_moments_of_its_unit(run, postbox):
    city = run.city.person("shizong")
    city.post(
        city.url("/report/extension", code="gedian"),
        until="2027-01-30 12:00",
        reason="经办人住院。",
    )
    run("2027-01-29 08:59:59")
    before = postbox.to().count("liuyang@example.cn")

    run("2027-01-29 09:00")

    assert postbox.to().count("liuyang@example.cn") == before + 1
    assert "2027年1月30日（星期六）12:00" in postbox.messages[-1].get_content()


def test_every_mail_is_on_the_board(run):
    run(MOMENT)

    city = run.city.person("shizong")
    assert "邮件（已发送）" in city.board().one("tr", organisation="gedian").text
    assert run.city.scalar("SELECT count(*) FROM trail WHERE action = 'reminded'") == 3


def test_closed_units_get_nothing_and_due_moves_are_carried_out(run, postbox):
    desk = run.city.person("shizong")
    desk.post("/o/gedian/organisation/closing", despite="1")
    desk.post("/o/echeng-jiceng1/organisation/place", target="linkong")

    run(MOMENT)
    run("2027-01-28 17:31")

    assert "liuyang@example.cn" not in postbox.to()
    moved = "SELECT p.code FROM organisation o JOIN organisation p ON p.id = o.parent_id "
    assert run.city.scalar(f"{moved} WHERE o.code = 'echeng-jiceng1'") == "linkong"
