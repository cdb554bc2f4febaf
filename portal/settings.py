"""Settings: the environment read once, checked, and refused with a sentence when wrong."""

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import unquote, urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from portal.domain import web_address
from portal.domain.campaign.calendar import ZONE

KNOWN = {
    "PORTAL_INSTANCE",
    "PORTAL_DATABASE_URL",
    "PORTAL_DATABASE_ADMIN_URL",
    "PORTAL_SECRET_KEY",
    "PORTAL_HOST",
    "PORTAL_PORT",
    "PORTAL_PUBLIC_URL",
    "PORTAL_PROXIES",
    "PORTAL_SMTP_URL",
    "PORTAL_MAIL_FROM",
    "PORTAL_LOG",
    "PORTAL_METRICS",
    "PORTAL_NOW",
}
MIN_KEY_LENGTH = 32
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
POSTGRESQL = "postgresql+psycopg://"
MAIL_ADDRESS = re.compile(r"[^@\s<>\"',;:()]{1,64}@[^@\s<>\"',;:()]{1,190}")
WILDCARDS = {"0.0.0.0", "::", ""}  # noqa: S104 - named in order to be refused


class SettingError(Exception):
    """A setting cannot be used; the message is the sentence for the operator."""


class LogFormat(StrEnum):
    """How lines of the log are written: for people, or for a collector."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class PostOffice:
    """The SMTP server that takes the portal's mails, and the address that they come from.

    `security` is the scheme of its address: plain ``smtp``, ``smtp+starttls`` or ``smtps``.
    `sender_name` is what stands beside the sender's address, such as 鄂州市总工会; it may be empty.
    """

    host: str
    port: int
    security: str
    user: str
    password: str
    sender: str
    sender_name: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the environment decides; `fixed_now` is for tests only.

    `as_owner` is set by the commands that work as the owner of the database.
    """

    instance: Path
    database_url: str
    database_admin_url: str | None
    secret_key: str | None
    host: str
    port: int
    public_url: str
    proxies: int
    post: PostOffice | None = None
    fixed_now: datetime | None = None
    log_format: LogFormat = LogFormat.TEXT
    metrics: tuple[str, int] | None = None
    as_owner: bool = False

    @property
    def https(self) -> bool:
        """Whether people reach the portal over TLS."""
        return self.public_url.startswith("https://")

    @property
    def known_hosts(self) -> frozenset[str]:
        """The hosts that a request may name; on one's own machine any name of it."""
        host = urlsplit(self.public_url).hostname or ""
        return LOOPBACK if host in LOOPBACK else frozenset({host})

    @property
    def on_postgresql(self) -> bool:
        """Whether the database is a PostgreSQL server rather than the embedded file."""
        return self.database_url.startswith(POSTGRESQL)

    @property
    def owner_url(self) -> str:
        """The database as its owner reaches it: for init, backup, restore, verify only.

        Raises `SettingError` on PostgreSQL without the owner's address, since the role that
        serves pages must own nothing.
        """
        if not self.on_postgresql:
            return self.database_url
        if self.database_admin_url is None:
            raise SettingError(
                "使用 PostgreSQL 时，本命令还需要设置 PORTAL_DATABASE_ADMIN_URL（库的属主）。"
            )
        return self.database_admin_url

    @property
    def database_file(self) -> Path | None:
        """The SQLite file, or None on another engine."""
        prefix = "sqlite:///"
        if not self.database_url.startswith(prefix):
            return None
        return Path(self.database_url.removeprefix(prefix))


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings that the environment gives; raises `SettingError` on the first wrong one."""
    given = os.environ if environment is None else environment
    _refuse_unknown(given)
    instance = Path(given.get("PORTAL_INSTANCE") or _default_instance()).expanduser().resolve()
    host = given.get("PORTAL_HOST", "127.0.0.1")
    port = _whole_number(given, "PORTAL_PORT", 8000, 65535)
    address = public_url(given.get("PORTAL_PUBLIC_URL"), host, port)
    return Settings(
        instance=instance,
        database_url=_database_url(given, instance),
        database_admin_url=_database_admin_url(given),
        secret_key=_secret_key(given),
        host=host,
        port=port,
        public_url=address,
        proxies=_whole_number(given, "PORTAL_PROXIES", 0, 10),
        post=_post_office(given),
        fixed_now=_fixed_now(given.get("PORTAL_NOW"), host, address),
        log_format=_log_format(given.get("PORTAL_LOG", LogFormat.TEXT)),
        metrics=_metrics_address(given.get("PORTAL_METRICS")),
    )


def _refuse_unknown(given: Mapping[str, str]) -> None:
    for name in sorted(given):
        if name.startswith("PORTAL_") and not name.startswith("PORTAL_TEST_") and name not in KNOWN:
            raise SettingError(f"不认识的设置 {name}，请核对名称。")


def _default_instance() -> Path:
    """The folder beside a checkout; raises `SettingError` for an installed package.

    What is installed lies among other people's packages, which is no place for data.
    """
    beside = Path(__file__).resolve().parents[1]
    if not (beside / "pyproject.toml").exists():
        raise SettingError("请设置 PORTAL_INSTANCE：存放数据库、密钥的目录，例如 /var/lib/portal。")
    return beside / "instance"


def _database_url(given: Mapping[str, str], instance: Path) -> str:
    url = given.get("PORTAL_DATABASE_URL") or f"sqlite:///{instance / 'portal.sqlite3'}"
    if not url.startswith(("sqlite:////", POSTGRESQL)):
        raise SettingError(
            "PORTAL_DATABASE_URL 应以 sqlite:////（绝对路径）或 postgresql+psycopg:// 开头。"
        )
    _refuse_malformed("PORTAL_DATABASE_URL", url)
    return url


def _database_admin_url(given: Mapping[str, str]) -> str | None:
    url = given.get("PORTAL_DATABASE_ADMIN_URL")
    if url is not None and not url.startswith(POSTGRESQL):
        raise SettingError("PORTAL_DATABASE_ADMIN_URL 应以 postgresql+psycopg:// 开头。")
    if url is not None:
        _refuse_malformed("PORTAL_DATABASE_ADMIN_URL", url)
    return url


def _refuse_malformed(name: str, url: str) -> None:
    """Raise `SettingError`, without the password, unless a database's address can be read."""
    try:
        unreadable = "@" in (make_url(url).host or "")
    except (ArgumentError, ValueError):
        unreadable = True
    if unreadable:
        raise SettingError(
            f"{name} 读不懂，应如 postgresql+psycopg://用户名:密码@主机:5432/库名；{ENCODED}。"
        )


def _secret_key(given: Mapping[str, str]) -> str | None:
    key = given.get("PORTAL_SECRET_KEY")
    if key is not None and len(key) < MIN_KEY_LENGTH:
        raise SettingError(f"PORTAL_SECRET_KEY 太短，至少 {MIN_KEY_LENGTH} 个字符。")
    return key


def _whole_number(given: Mapping[str, str], name: str, default: int, greatest: int) -> int:
    text = given.get(name, str(default))
    if not (text.isascii() and text.isdigit() and int(text) <= greatest):
        raise SettingError(f"{name} 应为 0 到 {greatest} 的整数，现在是“{text}”。")
    return int(text)


def public_url(given: str | None, host: str, port: int) -> str:
    """The address under which people reach the portal, without a slash at its end.

    Raises `SettingError` when the given one is no address, or is missing behind a wildcard.
    """
    if given is None:
        if host in WILDCARDS:
            raise SettingError(
                "监听所有地址时必须设置 PORTAL_PUBLIC_URL，例如 https://wennuan.example.cn。"
            )
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"
    try:
        return web_address.origin(given)
    except ValueError as error:
        raise SettingError(
            f"PORTAL_PUBLIC_URL 应如 https://wennuan.example.cn，现在的写法不对：{error}。"
        ) from error


SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
ENCODED = "用户名、密码里的 @ : / # ? % 要写成 %40 %3A %2F %23 %3F %25"


def _post_office(given: Mapping[str, str]) -> PostOffice | None:
    url, sender = given.get("PORTAL_SMTP_URL"), given.get("PORTAL_MAIL_FROM")
    if not url and not sender:
        return None
    host, port, login, security = _mail_server(url or "")
    name, address = parseaddr(sender or "")
    if not MAIL_ADDRESS.fullmatch(address):
        raise SettingError(
            "设了 PORTAL_SMTP_URL，还要在 PORTAL_MAIL_FROM 里写发件人的邮箱地址，"
            "如 portal@example.cn 或 鄂州市总工会 <portal@example.cn>。"
        )
    return PostOffice(
        host=host,
        port=port,
        security=security,
        user=login[0],
        password=login[1],
        sender=address,
        sender_name=name,
    )


def _mail_server(url: str) -> tuple[str, int, tuple[str, str], str]:
    """The host, port, login and security of an SMTP server; raises `SettingError`.

    The sentence never repeats the address, since a password stands in it.
    """
    try:
        parts = web_address.split(url)
        if parts.scheme not in SMTP_PORTS or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("应只有协议、登录、主机和端口")
        host, port = web_address.host_of(parts), web_address.port_of(parts)
        if parts.username and not parts.password:
            raise ValueError("写了用户名，也要写密码")
    except ValueError as error:
        raise SettingError(
            "PORTAL_SMTP_URL 应如 smtps://用户名:密码@smtp.example.cn:465"
            f"（或 smtp://、smtp+starttls://），现在的写法不对：{error}；{ENCODED}。"
        ) from error
    login = unquote(parts.username or ""), unquote(parts.password or "")
    return host, port or SMTP_PORTS[parts.scheme], login, parts.scheme


def _log_format(given: str) -> LogFormat:
    if given not in {*LogFormat}:
        raise SettingError(f"PORTAL_LOG 应为 text 或 json，现在是“{given}”。")
    return LogFormat(given)


def _metrics_address(given: str | None) -> tuple[str, int] | None:
    if not given:
        return None
    host, _, port = given.rpartition(":")
    if not (host and port.isascii() and port.isdigit() and 0 < int(port) <= 65535):
        raise SettingError(f"PORTAL_METRICS 应如 127.0.0.1:9100，现在是“{given}”。")
    return host.removeprefix("[").removesuffix("]"), int(port)


def _fixed_now(text: str | None, host: str, address: str) -> datetime | None:
    if text is None:
        return None
    if host not in LOOPBACK or address.startswith("https://"):
        raise SettingError("PORTAL_NOW 把时钟固定住，只供在本机测试；对外服务时请去掉这个设置。")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise SettingError(f"PORTAL_NOW 应为 ISO 时刻，现在是“{text}”。") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=ZONE)


def kept_secret_key(instance: Path) -> str:
    """The key kept in the instance folder.

    Raises `SettingError` when there is none yet, when this user may not read it, and when it is
    too short to be one: an empty key would sign everybody's sessions alike.
    """
    file = instance / "secret-key"
    try:
        key = file.read_text(encoding="ascii", errors="replace").strip()
    except FileNotFoundError as error:
        raise SettingError(f"{instance} 里还没有数据，请先运行 portal init。") from error
    except OSError as error:
        raise SettingError(f"密钥文件 {file} 读不了，请核对它的属主和权限：{error}") from error
    if len(key) < MIN_KEY_LENGTH:
        raise SettingError(
            f"密钥文件 {file} 是空的或者不完整，请从另存的密钥恢复；没有另存时删去它，"
            "再运行 portal init 新建一个，各人要重新登录。"
        )
    return key


def make_instance(instance: Path) -> None:
    """Create the instance folder with its secret key, once; only its owner may read the key.

    Raises `SettingError` when the folder cannot be made or written.
    """
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_private(instance / "secret-key", secrets.token_urlsafe(48), keep=True)
        with TemporaryFile(dir=instance):  # a database is written beside its own file too
            pass
    except OSError as error:
        raise SettingError(
            f"目录 {instance} 不能使用，请核对它的属主、权限和空间：{error.strerror}。"
        ) from error


def write_private(file: Path, text: str, *, keep: bool = False) -> None:
    """Write a file that only its owner can read, whole or not at all.

    With `keep` an existing one stays as it is.
    """
    if keep and file.exists():
        return
    unfinished = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as stream:
        stream.write(text + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(file)
