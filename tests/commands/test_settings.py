"""Settings: what is wrong with one is said by its name, before anything is served."""

import pytest

import portal as package
from portal import settings
from portal.settings import SettingError, kept_secret_key, make_instance, read_settings
from tests.commands.shell import Shell

NOW = "2027-01-20T10:00"


@pytest.mark.parametrize(
    "more",
    [
        {"PORTAL_HOST": "0.0.0.0", "PORTAL_PUBLIC_URL": "http://10.2.3.4:8000"},
        {"PORTAL_PUBLIC_URL": "https://wennuan.example.cn"},
        {"PORTAL_HOST": "10.2.3.4"},
        {"PORTAL_HOST": "::", "PORTAL_PUBLIC_URL": "http://[fd00::7]:8000"},
    ],
)
def test_a_fixed_clock_is_for_this_machine_only(more):
    with pytest.raises(SettingError, match="PORTAL_NOW"):
        read_settings({"PORTAL_NOW": NOW, **more})


@pytest.mark.parametrize("more", [{}, {"PORTAL_PUBLIC_URL": "http://wennuan.test"}])
def test_a_fixed_clock_is_allowed_on_the_loopback(more):
    assert read_settings({"PORTAL_NOW": NOW, **more}).fixed_now is not None


def test_an_installed_package_wants_a_folder_for_its_data(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "__file__", str(tmp_path / "site-packages/portal/settings.py"))

    with pytest.raises(SettingError, match="请设置 PORTAL_INSTANCE"):
        read_settings({})

    assert read_settings({"PORTAL_INSTANCE": str(tmp_path)}).instance == tmp_path


@pytest.mark.parametrize("text", ["", "\n", "short\n", " " * 40])
def test_an_empty_or_short_key_is_refused(tmp_path, text):
    make_instance(tmp_path)
    (tmp_path / "secret-key").write_text(text)

    with pytest.raises(SettingError, match="是空的或者不完整"):
        kept_secret_key(tmp_path)


def test_a_key_that_is_no_file_cannot_be_read_and_says_so(tmp_path):
    (tmp_path / "secret-key").mkdir()

    with pytest.raises(SettingError, match="读不了"):
        kept_secret_key(tmp_path)


def test_no_unfinished_key_is_left_behind(tmp_path):
    make_instance(tmp_path)
    make_instance(tmp_path)

    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_the_version_is_told(portal: Shell):
    answer = portal("--version")

    assert (answer.status, answer.text) == (0, f"portal {package.__version__}\n")


MALFORMED = [
    ("PORTAL_PUBLIC_URL", "https://a.cn:port", "端口"),
    ("PORTAL_PUBLIC_URL", "https://user:hunter2@a.cn", "用户名或密码"),
    ("PORTAL_PUBLIC_URL", "http://[::1", "IPv6"),
    ("PORTAL_PUBLIC_URL", "", "http:// 或 https://"),
    ("PORTAL_DATABASE_URL", "postgresql+psycopg://city_app:hunter2@db:abc/city", "读不懂"),
    ("PORTAL_DATABASE_URL", "postgresql+psycopg://city_app:hunter2@x@db/city", "%40"),
    ("PORTAL_DATABASE_ADMIN_URL", "postgresql+psycopg://o:hunter2@db:abc/city", "读不懂"),
    ("PORTAL_SMTP_URL", "smtp://mail:xx", "端口"),
    ("PORTAL_SMTP_URL", "smtp://mail:0", "端口"),
    ("PORTAL_SMTP_URL", "smtps://portal:hunter2#x@mail.example.cn", "%23"),
    ("PORTAL_SMTP_URL", "smtps://portal@mail.example.cn", "也要写密码"),
    ("PORTAL_SMTP_URL", "smtps://user@", "没有主机名"),
    ("PORTAL_SMTP_URL", "mail.example.cn:25", "smtps://"),
    ("PORTAL_MAIL_FROM", "user@", "PORTAL_MAIL_FROM"),
    ("PORTAL_MAIL_FROM", "鄂州市总工会", "PORTAL_MAIL_FROM"),
]


@pytest.mark.parametrize(("name", "text", "word"), MALFORMED)
def test_a_malformed_setting_is_named_and_no_password_is_told(portal: Shell, name, text, word):
    given = {"PORTAL_SMTP_URL": "smtp://mail.example.cn"} if name == "PORTAL_MAIL_FROM" else {}

    answer = portal("init", **given, **{name: text})

    assert answer.status == 1
    assert name in answer.errors
    assert word in answer.errors
    assert "hunter2" not in answer.errors
    assert answer.errors.count("\n") == 1


def test_names_in_chinese_are_kept_as_browsers_send_them():
    read = read_settings(
        {
            "PORTAL_PUBLIC_URL": "https://送温暖.中国",
            "PORTAL_SMTP_URL": "smtps://portal:%40%2F@邮件.中国:2465",
            "PORTAL_MAIL_FROM": "鄂州市总工会 <portal@example.cn>",
        }
    )

    assert read.known_hosts == {"xn--ylvn2ovw4a.xn--fiqs8s"}
    assert read.post is not None
    assert (read.post.host, read.post.port) == ("xn--5nq051n.xn--fiqs8s", 2465)
    assert read.post.password == "@/"
