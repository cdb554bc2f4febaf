"""Errors: one Chinese sentence for each refusal, and a page for faults (500)."""

from typing import Any

from flask import Flask, current_app, redirect, render_template, request, url_for
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from werkzeug.exceptions import HTTPException

from portal.access.rules import NotYourRole
from portal.access.tenancy import SignInNeeded
from portal.domain.report_state import NotAllowedNow
from portal.web.html import carried_as_text, carried_fields, wants_fragment
from portal.web.request_log import request_id

SENTENCES = {
    400: "请求不完整或来源不对，没有做任何改动。请返回上一页重试。",
    401: "您还没有登录，或者登录已经过期。请登录后继续。",
    403: "您的角色不能进行这项操作。",
    404: "没有找到这个页面。请从首页进入。",
    405: "这个地址不支持这样的操作。请从首页进入。",
    409: "现在不能进行这项操作，没有做任何改动。",
    413: "提交的内容太大，没有保存。",
    415: "提交的内容格式不对，没有保存。",
    422: "填写的内容有误，没有保存。",
    429: "尝试次数过多，请稍后再试。",
    431: "请求过大，没有处理。",
    500: "系统出了意外，没有做任何改动。请稍后再试；如仍不行，请把错误编号告诉管理员。",
    503: "系统暂时忙，您的改动没有保存。请稍后再试。",
}


class BadInput(Exception):
    """Typed input is refused; answered 422 with the sentence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def init_app(app: Flask) -> None:
    """Register a handler for every kind of refusal."""
    app.register_error_handler(SignInNeeded, _sign_in_needed)
    app.register_error_handler(NotYourRole, lambda error: refuse(403, error.sentence))
    app.register_error_handler(NotAllowedNow, lambda error: refuse(409, error.sentence))
    app.register_error_handler(BadInput, lambda error: refuse(422, error.sentence))
    app.register_error_handler(CSRFError, _token_wrong)
    for error in (OperationalError, InterfaceError, NoConnectionFree):
        app.register_error_handler(error, _database_busy)
    # a text that the database cannot store, such as one with NUL on PostgreSQL
    app.register_error_handler(DataError, lambda _error: refuse(400))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def refuse(status: int, sentence: str | None = None, **extra: Any) -> tuple[str, int]:
    """The answer to a refused request: a page, or one line for htmx.

    A page shows the request's id in the log; a line shows it only for a fault of the server.
    """
    sentence = sentence or SENTENCES[status]
    number = request_id() if status >= 500 or not wants_fragment() else ""
    page = render_template(_template(), status=status, sentence=sentence, number=number, **extra)
    return page, status


def _template() -> str:
    if wants_fragment():
        return "errors/_refusal.html"
    # with a foreign host no URL can be built, so the page has no links
    return "errors/page.html" if request_ctx.url_adapter else "errors/bare.html"


STILL_THERE = "登录已过期，刚才提交的内容还在，登录后可以继续提交。"
FILE_LOST = "登录已过期，文件没有读取。请登录后重新选择文件。"


def _sign_in_needed(_error: SignInNeeded) -> Any:
    if wants_fragment():
        return refuse(401)
    if request.method in {"GET", "HEAD"}:
        return redirect(url_for("accounts.login", next=_here()), 303)
    try:
        carried = carried_as_text()
    except HTTPException as unreadable:
        return _http(unreadable)
    return render_template(
        "accounts/login.html",
        problem=FILE_LOST if request.files else STILL_THERE,
        username="",
        target=request.path,
        carried=carried,
    ), 401


def _here() -> str:
    return request.full_path if request.query_string else request.path


def _token_wrong(_error: CSRFError) -> Any:
    """Answer an invalid CSRF token with a page that offers to post the same fields again."""
    if wants_fragment() or request.endpoint in {"accounts.sign_in", "accounts.logout"}:
        return refuse(400, "页面已过期，请刷新后重试。")
    page = render_template(
        "accounts/go_on.html",
        heading="请再提交一次",
        sentence="页面已过期，刚才提交的内容没有保存，但还在这里。按下面的按钮再提交一次。",
        target=request.path,
        carried=carried_fields(carried_as_text()),
    )
    return page, 400


def _http(error: HTTPException) -> Any:
    if error.code is None or error.code < 400:
        return error
    if request_ctx.url_adapter is None:
        return _host_refused()
    own = error.description if error.description != type(error).description else None
    return refuse(error.code, own if _is_chinese(own) else SENTENCES.get(error.code, "请求有误。"))


def _host_refused() -> Any:
    """Answer a request with a foreign Host header by naming the portal's own address."""
    public_url = current_app.config["PORTAL"].public_url
    current_app.logger.warning("host refused: %.100r", request.environ.get("HTTP_HOST", ""))
    return refuse(400, f"请从 {public_url} 进入。系统管理员请核对设置 PORTAL_PUBLIC_URL。")


def _is_chinese(text: str | None) -> bool:
    return bool(text) and any("一" <= character <= "鿿" for character in text or "")


def _database_busy(error: DBAPIError | NoConnectionFree) -> Any:
    # the first line says what is wrong, those below it may quote a row
    told = str(getattr(error, "orig", None) or error).partition("\n")[0]
    current_app.logger.error("database: %s", told)
    # without layout: other pages read the signed-in person from the database, which fails now
    name = "errors/_refusal.html" if wants_fragment() else "errors/bare.html"
    template = current_app.jinja_env.get_template(name)
    page = template.render(status=503, sentence=SENTENCES[503], number=request_id())
    return page, 503, {"Retry-After": "5"}


def _unexpected(error: Exception) -> Any:
    current_app.logger.error("unexpected error", exc_info=error)
    return refuse(500)
