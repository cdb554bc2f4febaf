"""The portal: each union organisation fills its form, the city consolidates."""

from flask import Flask
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from portal import (
    accounts,
    campaigns,
    consolidation,
    duties,
    forms,
    home,
    organisations,
    paper,
    questions,
    reminders,
    reports,
    review,
    signed_copies,
    status,
    trail,
)
from portal.access import identity, rules, tenancy
from portal.collection import moves as moving
from portal.settings import Settings, kept_secret_key, read_settings
from portal.storage import db
from portal.web import errors, headers, health, html, metrics, paper_code, request_log, uploads
from portal.web.known_host import KnownHostFlask

__version__ = "0.2.0"

CAPABILITIES = (
    home,
    accounts,
    organisations,
    forms,
    campaigns,
    reports,
    duties,
    questions,
    review,
    signed_copies,
    status,
    consolidation,
    paper,
    reminders,
    trail,
)


def create_app(settings: Settings | None = None) -> Flask:
    """The application for these settings, or for those of the environment."""
    settings = settings or read_settings()
    app = KnownHostFlask(__name__, instance_path=str(settings.instance))
    _configure(app, settings)
    db.init_app(app)
    html.init_app(app)
    paper_code.init_app(app)
    identity.init_app(app)
    uploads.init_app(app)
    moving.init_app(app)
    tenancy.init_app(app)
    rules.init_app(app)
    CSRFProtect(app)
    for capability in CAPABILITIES:
        app.register_blueprint(capability.bp)
    health.init_app(app)
    errors.init_app(app)
    headers.init_app(app)
    metrics.init_app(app)
    request_log.init_app(app)
    rules.check_views(app)
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config["PORTAL"] = settings
    app.config["VERSION"] = __version__
    app.config.update(
        SECRET_KEY=settings.secret_key or kept_secret_key(settings.instance),
        SESSION_COOKIE_NAME="__Host-portal" if settings.https else "portal",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=256 * 1024,
        MAX_FORM_MEMORY_SIZE=256 * 1024,
        MAX_FORM_PARTS=1000,
        WTF_CSRF_TIME_LIMIT=None,  # a form may stand open over lunch
    )
    if settings.proxies:
        hops = settings.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )
