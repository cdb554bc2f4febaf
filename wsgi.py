"""The application for any WSGI server; settings come from the environment."""

from portal import create_app
from portal.settings import read_settings
from portal.storage.schema import require_writable
from portal.web.metrics_address import listen
from portal.web.request_log import configure

settings = read_settings()
require_writable(settings.database_url)
configure(settings)
application = create_app(settings)
listen(application)
