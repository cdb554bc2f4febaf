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
