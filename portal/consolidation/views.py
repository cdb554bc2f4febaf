"""Views of consolidation."""

from flask import Blueprint

bp = Blueprint("consolidation", __name__)
