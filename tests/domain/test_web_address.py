"""Web addresses: read as browsers write them, refused with the reason."""

import pytest

from portal.domain.web_address import origin, same_host


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("https://wennuan.example.cn", "https://wennuan.example.cn"),
        ("https://Wennuan.Example.CN/", "https://wennuan.example.cn"),
        ("https://wennuan.example.cn:443", "https://wennuan.example.cn"),
        ("http://wennuan.example.cn:80/", "http://wennuan.example.cn"),
        ("https://wennuan.example.cn:8443", "https://wennuan.example.cn:8443"),
        ("http://10.2.3.4:8000", "http://10.2.3.4:8000"),
        ("http://gonghui", "http://gonghui"),
        ("http://[fd00::7]:8000", "http://[fd00::7]:8000"),
        ("http://[FD00:0:0::0007]:80", "http://[fd00::7]"),
        ("https://送温暖.中国", "https://xn--ylvn2ovw4a.xn--fiqs8s"),
        ("https://送温暖。中国:8443", "https://xn--ylvn2ovw4a.xn--fiqs8s:8443"),
    ],
)
def test_an_address_is_read_as_browsers_write_it(written, read):
    assert origin(written) == read
    assert origin(read) == read


@pytest.mark.parametrize(
    ("written", "reason"),
    [
        ("wennuan.example.cn", "应以 http:// 或 https:// 开头"),
        ("ftp://wennuan.example.cn", "应以 http:// 或 https:// 开头"),
        ("", "应以 http:// 或 https:// 开头"),
        ("https://", "没有主机名"),
        ("https://:8443", "没有主机名"),
        ("https://a.cn:port", "端口应为 1 到 65535 的整数"),
        ("https://a.cn:70000", "端口应为 1 到 65535 的整数"),
        ("https://a.cn:0", "端口应为 1 到 65535 的整数"),
        ("https://user@a.cn", "不应有用户名或密码"),
        ("https://user:secret@a.cn", "不应有用户名或密码"),
        ("https://@a.cn", "不应有用户名或密码"),
        ("https://a.cn/portal", "不应有路径"),
        ("https://a.cn?x=1", "不应有路径"),
        ("https://a.cn#x", "不应有路径"),
        ("https://a .cn", "不应有空格"),
        ("https://a_b.cn", "不是主机名"),
        ("https://-a.cn", "不是主机名"),
        ("https://a..cn", "不是主机名"),
        ("https://" + "a" * 64 + ".cn", "不是主机名"),
        ("http://[fd00::7", "方括号里应是 IPv6 地址"),
        ("http://[fd00::7::1]", "方括号里应是 IPv6 地址"),
        ("http://[fe80::1%25eth0]", "IPv6 地址"),
    ],
)
def test_what_is_no_address_is_refused_with_its_reason(written, reason):
    with pytest.raises(ValueError, match=reason) as refused:
        origin(written)

    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    ("named", "ours"),
    [
        ("wennuan.example.cn", True),
        ("wennuan.example.cn:8443", True),
        ("WENNUAN.example.cn", True),
        ("[fd00::7]", True),
        ("[fd00::7]:8000", True),
        ("[fd00:0:0::7]:9", True),
        ("[fd00::8]", False),
        ("fd00::7", False),
        ("evil.example", False),
        ("wennuan.example.cn.evil.example", False),
        ("wennuan.example.cn@evil.example", False),
        ("", False),
        ("[", False),
    ],
)
def test_a_host_is_ours_by_name_or_by_address(named, ours):
    assert same_host(named, frozenset({"wennuan.example.cn", "fd00::7"})) is ours
