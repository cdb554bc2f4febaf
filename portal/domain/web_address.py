"""Web addresses: what an operator writes, in the form in which browsers send it back."""

import re
from ipaddress import IPv6Address, ip_address
from urllib.parse import SplitResult, urlsplit

DEFAULT_PORTS = {"http": 80, "https": 443}
NAME = re.compile(r"(?!-)[a-z0-9.-]{1,253}(?<!-)")
"""A host name as it travels: lower case, IDNA-encoded. An underscore is none of its letters."""


def origin(text: str) -> str:
    """The scheme, host and port of a web address, written as browsers write them.

    Names are lower case and IDNA-encoded, an IPv6 literal is in its shortest form, and the port
    of the scheme is left out. Raises `ValueError` with the reason, a clause in Chinese.
    """
    parts = split(text)
    if parts.scheme not in DEFAULT_PORTS:
        raise ValueError("应以 http:// 或 https:// 开头")
    if "@" in parts.netloc:
        raise ValueError("不应有用户名或密码")
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("只写到主机名和端口为止，后面不应有路径")
    host, port = host_of(parts), port_of(parts)
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}" + (
        f":{port}" if port and port != DEFAULT_PORTS[parts.scheme] else ""
    )


def split(text: str) -> SplitResult:
    """The parts of an address; raises `ValueError` with the reason."""
    if any(sign.isspace() for sign in text):
        raise ValueError("中间不应有空格")
    try:
        return urlsplit(text)
    except ValueError as error:
        raise ValueError("方括号里应是 IPv6 地址") from error


def host_of(parts: SplitResult) -> str:
    """The host of an address as browsers send it; raises `ValueError` with the reason."""
    host = parts.hostname or ""
    if not host:
        raise ValueError("没有主机名")
    if ":" in host:
        return _shortest(host)
    try:
        name = host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise ValueError(f"“{host}”不是主机名") from error
    if not NAME.fullmatch(name):
        raise ValueError(f"“{host}”不是主机名，只能用字母、数字、点和短横线")
    return name


def port_of(parts: SplitResult) -> int | None:
    """The port that an address names, None where it names none; raises `ValueError`."""
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError("端口应为 1 到 65535 的整数") from error
    if port == 0:
        raise ValueError("端口应为 1 到 65535 的整数")
    return port


def same_host(netloc: str, known: frozenset[str]) -> bool:
    """Whether a request's ``Host`` names one of the `known` hosts; its port does not matter."""
    try:
        host = urlsplit(f"//{netloc}").hostname or ""
        return (_shortest(host) if ":" in host else host) in known
    except ValueError:
        return False


def _shortest(host: str) -> str:
    try:
        address = ip_address(host)
    except ValueError as error:
        raise ValueError("方括号里应是 IPv6 地址") from error
    if not isinstance(address, IPv6Address) or address.scope_id:
        raise ValueError("方括号里应是不带网卡名的 IPv6 地址")
    return address.compressed
