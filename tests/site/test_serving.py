"""The site while one of its processes is killed."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pytest

SERVE = """
from leeway.site.commands import serve_pages

if __name__ == "__main__":
    serve_pages(port={port}, workers=2, beside=False)
"""


def answers(port) -> bool:
    try:
        urlopen(f"http://127.0.0.1:{port}/static/none.txt", timeout=10)
    except HTTPError:
        return True
    except (URLError, OSError):
        return False
    return True


def servers(process) -> set[int]:
    """The processes that serve pages, by their ids."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return {int(child) for child in children if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()}


def wait_until(true, process):
    while not true():
        assert process.poll() is None, "the whole site ended"
        time.sleep(0.05)


@pytest.fixture
def site(tmp_path):
    script = tmp_path / "serve.py"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    script.write_text(SERVE.format(port=port))
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "leeway.site.settings",
        "DATABASE_URL": "postgresql://leeway@127.0.0.1:1/leeway",
        "LEEWAY_DATA": str(tmp_path),
    }
    process = subprocess.Popen([sys.executable, str(script)], env=environment, stderr=subprocess.DEVNULL)
    process.port = port
    wait_until(lambda: answers(port), process)
    yield process
    process.terminate()
    process.wait()


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="finds the processes where Linux lists them")
def test_a_process_that_is_killed_is_followed_by_another_and_the_site_goes_on(site):
    """Killing one of two ended the other, then the server and the worker beside it."""
    wait_until(lambda: len(servers(site)) == 2, site)
    before = servers(site)
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: len(servers(site)) == 2 and servers(site) != before, site)
    wait_until(lambda: answers(site.port), site)
