"""The host that a request names: ours, or refused before anything is looked up."""

from flask import Flask, Request
from werkzeug.exceptions import SecurityError
from werkzeug.routing import MapAdapter

from portal.domain.web_address import same_host
from portal.settings import Settings


class KnownHostFlask(Flask):
    """Flask that asks `Settings.known_hosts`; its own TRUSTED_HOSTS matches no IPv6 literal."""

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """The addresses that a request can reach; raises `SecurityError` for a foreign host."""
        adapter = super().create_url_adapter(request)
        settings: Settings = self.config["PORTAL"]
        if request is not None and not same_host(request.host, settings.known_hosts):
            raise SecurityError(f"Host {request.host!r} is not ours.")
        return adapter
