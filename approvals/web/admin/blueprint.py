"""The blueprint of the pages about units, people and account events."""

from flask import Blueprint

administration = Blueprint("administration", __name__, url_prefix="/administration")
