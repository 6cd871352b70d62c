"""A command that cannot do what it is asked says why in one sentence, and ends with status 2."""

import os
import socket
import subprocess
import sys

import pytest

NO_DATABASE = "postgresql://leeway:secret-word@127.0.0.1:1/leeway"


def leeway(*arguments, **settings):
    """Run the command as an operator does, with these settings, where no database answers."""
    return subprocess.run(
        [sys.executable, "-m", "leeway.site.commands", *arguments],
        env={"PATH": os.environ["PATH"], "DATABASE_URL": NO_DATABASE, **settings},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"LEEWAY_SECRET_KEY_FILE": "/nowhere/key"}, "/nowhere/key"),
        ({"LEEWAY_PROXIES": "two"}, "LEEWAY_PROXIES"),
        ({"LEEWAY_IDLE_MINUTES": "-5"}, "LEEWAY_IDLE_MINUTES"),
        ({"LEEWAY_EMAIL_HOST": "mail.example", "LEEWAY_EMAIL_PORT": "x"}, "LEEWAY_EMAIL_PORT"),
        ({"LEEWAY_OIDC_ISSUER": "https://sign-in.example"}, "LEEWAY_OIDC_CLIENT_ID"),
        ({"DATABASE_URL": "postgresql://leeway@localhost:many/leeway"}, "DATABASE_URL"),
        ({"LEEWAY_DATA": "/dev/null/leeway"}, "LEEWAY_DATA"),
        ({}, "DATABASE_URL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_one_sentence(tmp_path, wrong, named):
    done = leeway("check", **{"LEEWAY_DATA": str(tmp_path)} | wrong)
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    assert named in done.stderr
    assert "secret-word" not in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("law", "replay"),
        ("money", "verify"),
        ("directory", "export"),
        ("serve", "--port", "58231"),
        ("demo", "--no-serve"),
    ],
)
def test_no_database_is_one_sentence(tmp_path, arguments):
    done = leeway(*arguments, LEEWAY_DATA=str(tmp_path))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    assert "The database cannot be used" in done.stderr


@pytest.mark.parametrize("option", [("--port", "99999999"), ("--port", "-1"), ("--workers", "0")])
def test_a_port_that_is_none_is_refused_before_anything_starts(tmp_path, option):
    done = leeway("serve", *option, LEEWAY_DATA=str(tmp_path))
    assert done.returncode == 2
    assert "Invalid value" in done.stderr


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_at_which_something_answers_is_refused(tmp_path, command):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        done = leeway(command, "--port", port, LEEWAY_DATA=str(tmp_path))
    assert (done.returncode, len(done.stderr.strip().splitlines())) == (2, 1), done.stderr
    assert f"Port {port} cannot be used" in done.stderr
