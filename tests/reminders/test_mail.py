"""Mails to one unit, through a real SMTP server."""

from dataclasses import replace

from portal.domain.campaign.reminders import MessageChannel
from portal.messages.channel import Letter
from tests.reminders.conftest import give_addresses, give_phones

MAIL = "/report/reminders/messages/mail"


def test_without_a_server_nothing_is_offered_and_nothing_sent(city):
    page = city.page(city.url("/report/reminders", code="gedian"))

    assert "没有配置邮件服务器" in page.text
    assert city.post(city.url(MAIL, code="gedian")).status_code == 409


def test_the_reporter_is_mailed_once_a_click(new_city_app, postbox):
    app = new_city_app(post=postbox.office)
    give_addresses(app, gedian="liuyang@example.cn")
    city = app.person("shizong")

    for _ in range(2):
        assert city.post(city.url(MAIL, code="gedian"), nonce="a").status_code == 303

    assert postbox.to() == ["liuyang@example.cn"]
    mail = postbox.messages[0]
    assert mail["From"] == "portal@wennuan.example.cn"
    assert mail["Subject"] == "催报：2027年春节送温暖统计表"
    assert "葛店开发区总工会，2027年春节送温暖统计表尚未填报" in mail.get_content()
    assert app.scalar("SELECT outcome FROM reminder") == "sent"
    assert "1 次" in city.board().one("tr", organisation="gedian").text


def test_the_sender_has_a_name_and_the_message_its_domain(new_city_app, postbox):
    office = replace(postbox.office, sender_name="鄂州市总工会", sender="desk@ezgh.example.cn")
    app = new_city_app(post=office)
    give_addresses(app, gedian="liuyang@example.cn")

    app.person("shizong").post(app.person("shizong").url(MAIL, code="gedian"), nonce="a")

    mail = postbox.messages[0]
    assert mail["From"] == "鄂州市总工会 <desk@ezgh.example.cn>"
    assert mail["Message-ID"].endswith("@ezgh.example.cn>")


class Telegraph:
    """A second channel, as a setting would open it: it knows telephones and short texts."""

    kind, address_name = MessageChannel.PHONE, "手机号"

    def __init__(self):
        self.sent = []

    def address_of(self, person):
        return person.phone

    def compose(self, missing, name, now, contact):
        return Letter(f"{name}：{'、'.join(owed.unit for owed in missing)}欠报")

    def send(self, address, letter):
        self.sent.append((address, letter.text))


def test_a_second_channel_needs_nothing_but_itself(new_city_app, monkeypatch):
    telegraph = Telegraph()
    monkeypatch.setattr(
        "portal.reminders.views.channels_of", lambda _: {MessageChannel.PHONE: telegraph}
    )
    app = new_city_app()
    give_phones(app, gedian="13800000000")
    city = app.person("shizong")
    page = city.page(city.url("/report/reminders", code="gedian"))

    answer = city.post(city.url("/report/reminders/messages/phone", code="gedian"), nonce="a")

    assert "发电话给刘洋（13800000000）" in page.text
    assert answer.status_code == 303
    assert telegraph.sent == [("13800000000", "刘洋：葛店开发区总工会欠报")]
    assert app.scalar("SELECT channel FROM reminder") == "phone"


def test_a_refused_address_is_told_and_chased_nobody(new_city_app, postbox):
    postbox.refused.add("liuyang@example.cn")
    app = new_city_app(post=postbox.office)
    give_addresses(app, gedian="liuyang@example.cn")
    city = app.person("shizong")

    answer = city.post(city.url(MAIL, code="gedian"), nonce="a")

    page = city.page(answer.location)
    assert "邮件服务器不接受收件地址 liuyang@example.cn" in page.text
    assert app.scalar("SELECT outcome FROM reminder") == "failed"
    assert "群聊" not in (row := city.board().one("tr", organisation="gedian").text)
    assert " 次，" not in row


def test_a_unit_without_an_address_cannot_be_mailed(new_city_app, postbox):
    city = new_city_app(post=postbox.office).person("shizong")

    assert "没有登记电子邮箱" in city.page(city.url("/report/reminders", code="gedian")).text
    assert city.post(city.url(MAIL, code="gedian")).status_code == 422
    assert postbox.messages == []
