"""One Django site for both peers: the product's durability, the product's SQLite, and nothing that would slow it."""

import os
import sys

import pysqlite3.dbapi2

sys.modules["sqlite3"] = sys.modules["pysqlite3"]
sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2

SECRET_KEY = "a benchmark"
ALLOWED_HOSTS = ["127.0.0.1"]
USE_TZ = True
ROOT_URLCONF = "cases.views"
MIDDLEWARE = ["cases.views.as_clerk"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "viewflow",
    "viewflow.workflow",
    "cases",
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["PEER_DATABASE"],
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "timeout": 30,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536",
        },
    }
}
