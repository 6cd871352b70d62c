"""What the virus scanner says counts: asked of a real clamd with one signature, where Debian's is installed."""

import shutil
import socket
import subprocess
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from leeway.files.actions import NotAccepted, scan_waiting
from leeway.files.models import File, Scan
from leeway.files.queries import NotGivenOut, read_file
from leeway.files.scanner import ScannerSilent, threat_in
from tests.files import making
from tests.files.making import PDF, office

pytestmark = pytest.mark.django_db
CLAMD = shutil.which("clamd") or shutil.which("clamd", path="/usr/sbin:/usr/local/sbin")
THREAT = b"this sentence is a threat, for the tests alone"
INFECTED = PDF.replace(b"%%EOF", b"% " + THREAT + b"\n%%EOF")


@pytest.fixture(scope="module")
def clamd():
    """The addresses of a clamd that knows one signature: its socket, and its port."""
    if CLAMD is None:
        pytest.skip("no clamd here: install Debian's clamav-daemon to run these against a real one")
    with tempfile.TemporaryDirectory(prefix="clamd") as name, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "one.ndb").write_text(f"Leeway.Test:0:*:{THREAT.hex()}\n")
        (folder / "clamd.conf").write_text(
            f"Foreground yes\nDatabaseDirectory {folder}\nLocalSocket {folder}/s\nTCPSocket {port}\n"
            "TCPAddr 127.0.0.1\nStreamMaxLength 1M\nFixStaleSocket yes\n"
        )
        with subprocess.Popen([CLAMD, "-c", folder / "clamd.conf"], stdout=subprocess.DEVNULL) as running:
            try:
                wait_for(folder / "s", running)
                yield f"{folder}/s", f"127.0.0.1:{port}"
            finally:
                running.terminate()


def wait_for(path: Path, running: subprocess.Popen) -> None:
    """Until the scanner listens; a minute is far more than one signature takes."""
    for _attempt in range(600):
        assert running.poll() is None, "clamd stopped at once"
        if path.exists():
            return
        time.sleep(0.1)
    pytest.fail("clamd did not start")


@contextmanager
def stand_in(answer: bytes):
    """Something that takes a stream as clamd does and says what it is told to, with what it was sent."""
    taken = bytearray()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            line, _ = server.accept()
            with line, line.makefile("rb") as read:
                assert read.read(10) == b"zINSTREAM\0"
                while length := int.from_bytes(read.read(4)):
                    taken.extend(read.read(length))
                line.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.getsockname()[1]}", taken
        thread.join(timeout=10)


class TestClamd:
    @pytest.mark.parametrize("way", [0, 1], ids=["socket", "port"])
    def test_finds_the_threat_and_nothing_else(self, clamd, way):
        assert threat_in(PDF, address=clamd[way]) == ""
        assert threat_in(INFECTED, address=clamd[way]).startswith("Leeway.Test")
        assert threat_in(bytes(500_000), address=clamd[way]) == ""

    def test_looks_into_an_office_file(self, clamd):
        letter = office(making.WORD, ("word/media/image1.bin", THREAT))
        assert THREAT not in letter and threat_in(letter, address=clamd[0]).startswith("Leeway.Test")

    def test_a_stream_over_its_own_limit_is_no_verdict(self, clamd):
        with pytest.raises(ScannerSilent):
            threat_in(bytes(3_000_000), address=clamd[0])

    def test_a_threat_is_refused_and_nothing_of_it_is_kept(self, settings, clamd, keep, store_folder):
        settings.CLAMD = clamd[0]
        assert keep().scan == Scan.CLEAN
        with pytest.raises(NotAccepted, match="virus scanner found something") as refused:
            keep(INFECTED)
        assert refused.value.field == "upload"
        assert File.objects.count() == 1 and len([path for path in store_folder.rglob("*") if path.is_file()]) == 1

    def test_what_was_kept_before_a_scanner_was_named_is_scanned_later(self, settings, clamd, keep):
        clean, infected = keep(), keep(INFECTED)
        assert scan_waiting() == {"clean": 0, "refused": 0}, "no scanner is named yet"
        settings.CLAMD = clamd[1]
        assert scan_waiting() == {"clean": 1, "refused": 1}
        clean.refresh_from_db(), infected.refresh_from_db()
        assert (clean.scan, infected.scan) == (Scan.CLEAN, Scan.REFUSED)
        with pytest.raises(NotGivenOut, match="virus scanner"):
            read_file(infected)
        assert scan_waiting() == {"clean": 0, "refused": 0}


class TestProtocol:
    def test_sends_the_whole_file(self):
        content = bytes(range(256)) * 1000
        with stand_in(b"stream: OK\0") as (address, taken):
            assert threat_in(content, address=address) == ""
        assert bytes(taken) == content

    def test_tells_the_name_of_what_was_found(self):
        with stand_in(b"stream: Eicar-Test-Signature FOUND\0") as (address, _taken):
            assert threat_in(PDF, address=address) == "Eicar-Test-Signature"

    @pytest.mark.parametrize("answer", [b"", b"stream: O", b"stream: OK", b"INSTREAM size limit exceeded. ERROR\0"])
    def test_anything_but_a_whole_verdict_is_none(self, settings, keep, answer):
        with stand_in(answer) as (settings.CLAMD, _taken), pytest.raises(ScannerSilent, match="Try again") as refused:
            keep()
        assert refused.value.field == "upload" and not File.objects.exists()

    @pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:1", "no.such.host.invalid:3310"])
    def test_a_scanner_that_does_not_answer_lets_nothing_through(self, settings, keep, address):
        settings.CLAMD = address
        with pytest.raises(ScannerSilent):
            keep()
        assert not File.objects.exists()
