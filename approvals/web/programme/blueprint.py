"""The blueprint of the programme's pages."""

from flask import Blueprint

programme = Blueprint("programme", __name__)
