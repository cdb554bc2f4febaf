"""The application for any WSGI server; settings come from the environment."""

from portal import create_app

application = create_app()
