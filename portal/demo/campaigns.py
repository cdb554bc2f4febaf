"""The two campaigns of the demonstration: one of 2022, closed, and one that is open now."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from typing import Any

from portal.access.actor import Actor
from portal.access.tenancy import OPENING
from portal.campaigns import reading
from portal.collection.announcements import publish_at_once
from portal.collection.opening import Listed, Plan, create_campaign, open_campaign
from portal.demo.acts import Desk
from portal.demo.city import EXPECTED_2022, EXPECTED_2027
from portal.demo.figures import edition, typed_in
from portal.demo.stage import Stage
from portal.domain.campaign.calendar import ZONE, Dates
from portal.domain.form.form import Form, parse_form
from portal.models import Announcement
from portal.models.campaign import campaign_by_code
from portal.register.editions import import_edition, publish_edition

PAST = "2022-spring"
PRESENT = "2027-spring"

NOTICE = (
    "请各区、开发区总工会和市直各系统工会据实统计春节期间送温暖活动开展情况，"
    "在报送截止时间前报市总工会职工服务中心。下拨的送温暖资金只发给个人，以非现金方式"
    "实名发放到本人银行卡，并录入工会帮扶工作系统送温暖资金模块；慰问物资由各单位自筹。"
)
CONTACT = "市总工会职工服务中心　张慧　0711-0000010"

DAYS_2022 = {
    "shizong": ("24 09:10", "25 10:30", "25 16:00"),
    "echeng": ("21 14:05", "24 11:20", "25 09:15"),
    "huarong": ("20 09:30", "21 15:45", "24 09:40"),
    "gedian": ("19 10:00", "20 16:10", "21 09:05"),
    "linkong": ("24 15:20", "26 16:55", "27 09:30"),
    "jiaoyu": ("14 09:00", "17 10:25", "17 15:50"),
    "weijian": ("25 14:30", "26 10:40", "26 15:35"),
    "zhujian": ("18 16:00", "19 09:50", "19 14:20"),
    "jiaotong": ("26 15:00", "27 10:15", "27 11:00"),
    "qiye": ("13 10:30", "13 16:20", "14 09:25"),
    "echeng-jiceng1": ("17 09:20", "18 14:40", "19 10:10"),
    "echeng-jiceng2": ("18 09:40", "19 15:10", "20 09:00"),
}
"""When each unit filled, submitted and was accepted, in January; 梁子湖 is loaded apart."""

REVIEWED_BY_ECHENG = ("echeng-jiceng1", "echeng-jiceng2")


def load_past(stage: Stage, by: Actor) -> None:
    """Load the campaign of the notice: all reports accepted, one late, one after a correction."""
    form = _open(
        stage,
        "2022.1",
        EXPECTED_2022,
        by,
        _january("07 15:40"),
        code=PAST,
        name="2022年春节送温暖",
        dates=Dates(_january("10 08:30"), _january("26 17:30"), _january("28 17:30")),
        notice_number="鄂州工发[2022]1号",
        period="2021年12月1日至2022年1月26日",
    )
    texts = typed_in(2022)
    for unit, days in DAYS_2022.items():
        filled, submitted, accepted = map(_january, days)
        desk = _desk(stage, PAST, unit)
        desk.fill(form, texts[unit], filled)
        if unit == "shizong":
            desk.answer(True, submitted)  # the city's 筹集数 includes what it passed down
        desk.submit(submitted)
        desk.accept(accepted)
    _mended(_desk(stage, PAST, "liangzihu"), form, texts["liangzihu"])


def _january(text: str) -> datetime:
    return datetime.fromisoformat(f"2022-01-{text}:26+08:00")


def _desk(stage: Stage, campaign: str, unit: str) -> Desk:
    reporter = "shizong-reporter" if unit == "shizong" else unit
    reviewer = "echeng-reviewer" if unit in REVIEWED_BY_ECHENG else "shizong"
    return Desk(stage, campaign, unit, reporter, reviewer)


def _mended(desk: Desk, form: Form, texts: dict[str, str]) -> None:
    """A report submitted with two digits exchanged, sent back, corrected, accepted."""
    desk.fill(form, texts | {"D5": "9.67"}, _january("17 09:05"))
    desk.submit(_january("18 16:20"))
    items = {"D5": "按 177 人次计算偏高，请与发放台账核对。"}
    desk.send_back(
        "慰问一线职工的金额与台账不一致，请核对后重新上报。", items, _january("19 10:30")
    )
    desk.type({"D5": texts["D5"]}, _january("19 14:35"))
    desk.submit(_january("19 14:50"))
    desk.accept(_january("20 09:20"), number=2)


def load_present(stage: Stage, by: Actor, now: datetime) -> None:
    """Load a campaign that is open at `now`: a report in every state, most not started."""

    def day(days: int, hour: int, minute: int) -> datetime:
        date = now.astimezone(ZONE).date() + timedelta(days=days)
        return datetime.combine(date, time(hour, minute, 26), ZONE)

    form = _open(
        stage,
        "2027.1",
        EXPECTED_2027,
        by,
        day(-8, 15, 40),
        code=PRESENT,
        name="2027年春节送温暖",
        dates=Dates(day(-6, 8, 30), day(9, 17, 30), day(11, 17, 30)),
        notice_number="鄂州工发[2027]1号（示例）",
        period="2026年12月1日至2027年2月5日",
        previous=PAST,
    )
    texts = typed_in(2027)
    _accepted(_desk(stage, PRESENT, "huarong"), form, texts["huarong"], day)
    _waiting(_desk(stage, PRESENT, "gedian"), form, texts["gedian"], day)
    _returned(_desk(stage, PRESENT, "linkong"), form, texts["linkong"], day)
    _desk(stage, PRESENT, "echeng").fill(form, texts["echeng"], day(-1, 14, 50))
    _announced(stage, by, day)


ANNOUNCEMENT = (
    "关于 C11、D11 的填报口径",
    "各单位：\n"
    "建档困难职工只填 C11、D11，不再填入 C1 至 C4；同一人两次走访算两人次。\n"
    "已经填报的单位请核对一遍。",
)


def _announced(stage: Stage, by: Actor, day: Any) -> None:
    """Publish the city's announcement and let two units read it."""
    with stage.session(OPENING) as session:
        campaign = campaign_by_code(session, PRESENT)
        if campaign is None:
            raise LookupError(PRESENT)
        told = publish_at_once(session, campaign, *ANNOUNCEMENT, by=by, at=day(-5, 9, 0)).id
    for unit, at in (("huarong", day(-5, 9, 12)), ("gedian", day(-4, 10, 40))):
        with stage.report(unit, PRESENT) as (session, _):
            announcement = session.get_one(Announcement, told)
            if delivery := reading.delivery_of(session, announcement):
                reading.mark_read(session, announcement, delivery, by=stage.people[unit], at=at)


def _accepted(desk: Desk, form: Form, texts: dict[str, str], day: Any) -> None:
    desk.fill(form, texts, day(-5, 9, 20))
    desk.submit(day(-5, 15, 5))
    desk.accept(day(-4, 10, 12))


def _waiting(desk: Desk, form: Form, texts: dict[str, str], day: Any) -> None:
    desk.fill(form, texts, day(-3, 14, 0))
    words = "今年新建外卖、快递行业工会联合会，新就业形态劳动者纳入慰问范围。"
    desk.explain("year-on-year:J3", "慰问范围调整", words, day(-2, 16, 2))
    desk.submit(day(-2, 16, 21))


def _returned(desk: Desk, form: Form, texts: dict[str, str], day: Any) -> None:
    desk.fill(form, texts, day(-4, 9, 0))
    desk.submit(day(-3, 11, 30))
    items = {
        "D11": "请核对是否包含物资折价，并与建档困难职工发放台账一致。",
        "G": "请核对包车返乡的人次是否重复计算。",
    }
    desk.send_back("两项数据与台账不一致，请核对后重新上报。", items, day(-1, 10, 5))


def _open(
    stage: Stage,
    version: str,
    listed: Sequence[Listed],
    by: Actor,
    at: datetime,
    *,
    previous: str | None = None,
    **plan: Any,
) -> Form:
    document = edition(version)
    with stage.session(OPENING) as session:
        kept = import_edition(session, document, by=by, at=at)
        publish_edition(session, kept, by=by, at=at)
        last = campaign_by_code(session, previous) if previous else None
        planned = Plan(edition=kept, previous=last, notice=NOTICE, contact=CONTACT, **plan)
        campaign = create_campaign(session, planned, listed, by=by, at=at)
        open_campaign(session, campaign, by=by, at=at)
    return parse_form(document)
