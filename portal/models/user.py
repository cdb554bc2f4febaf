"""Users, their roles, their sign-ins and one-time links."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base, Instant, TenantOwned


class Role(StrEnum):
    """A role; one person can have several."""

    REPORTER = "reporter"
    HEAD = "head"
    REVIEWER = "reviewer"
    ADMIN = "admin"
    VIEWER = "viewer"
    AUDITOR = "auditor"

    @property
    def label(self) -> str:
        """The role in Chinese."""
        return ROLE_LABELS[self]


ROLE_LABELS = {
    Role.REPORTER: "填报人",
    Role.HEAD: "单位负责人",
    Role.REVIEWER: "审核人",
    Role.ADMIN: "管理员",
    Role.VIEWER: "查阅",
    Role.AUDITOR: "经审",
}


class User(TenantOwned, Base):
    """A person's account in one organisation; `username` is canonical and unique everywhere."""

    __tablename__ = "user"
    __table_args__ = (UniqueConstraint("organisation_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    phone: Mapped[str] = mapped_column(String(50), default="")
    email: Mapped[str] = mapped_column(String(200), default="", server_default="")
    roles: Mapped[list[str]] = mapped_column(JSON)
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool] = mapped_column(default=True)
    disabled_at: Mapped[datetime | None] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)


class SignIn(TenantOwned, Base):
    """One signed-in browser; the row holds only its token's hash, and ending it signs out."""

    __tablename__ = "sign_in"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], ["user.organisation_id", "user.id"]),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    started_at: Mapped[datetime] = mapped_column(Instant)
    seen_at: Mapped[datetime] = mapped_column(Instant)
    address: Mapped[str] = mapped_column(String(64))
    ended_at: Mapped[datetime | None] = mapped_column(Instant)


class SignInLink(TenantOwned, Base):
    """A one-time link that signs one user in; the row holds only its token's hash."""

    __tablename__ = "sign_in_link"
    __table_args__ = (
        ForeignKeyConstraint(["organisation_id", "user_id"], ["user.organisation_id", "user.id"]),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(index=True)
    made_at: Mapped[datetime] = mapped_column(Instant)
    made_by: Mapped[str] = mapped_column(String(100))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    spent_at: Mapped[datetime | None] = mapped_column(Instant)
    revoked_at: Mapped[datetime | None] = mapped_column(Instant)


class Throttle(Base):
    """Failed sign-ins of one name or address within the running window."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(80), primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime] = mapped_column(Instant)
