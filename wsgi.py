"""The application for any WSGI server: ``wsgi:application``."""

from portal import create_app

application = create_app()
