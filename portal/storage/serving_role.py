"""The PostgreSQL role that serves pages: it must own no table and bypass no policy.

Table owners and superusers bypass row-level security, so with such a role the second wall would
have no effect.
"""

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from portal.settings import SettingError

_TOO_MUCH = (
    "SELECT rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class WHERE relkind IN ('r', 'p') "
    "AND relnamespace = current_schema()::regnamespace AND relowner = pg_roles.oid) "
    "FROM pg_roles WHERE rolname = current_user"
)


def refuse_mighty_role(engine: Engine) -> None:
    """Raise `SettingError` when the role can bypass row-level security, or cannot connect."""
    try:
        with engine.connect() as connection:
            superuser, bypasses, owns = connection.exec_driver_sql(_TOO_MUCH).one()
    except SQLAlchemyError as error:
        raise SettingError(
            "连不上 PostgreSQL，请检查 PORTAL_DATABASE_URL 和数据库服务。"
        ) from error
    if superuser or bypasses or owns:
        why = "是超级用户" if superuser else "带有 BYPASSRLS" if bypasses else "拥有数据表"
        raise SettingError(
            f"PORTAL_DATABASE_URL 的角色{why}，会绕过行级安全。请另建一个普通角色"
            "（CREATE ROLE … LOGIN NOSUPERUSER NOBYPASSRLS），填入 PORTAL_DATABASE_URL，"
            "把属主留给 PORTAL_DATABASE_ADMIN_URL，再运行一次 portal init。"
        )
