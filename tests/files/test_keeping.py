"""Keeping a file, reading it back whole, and what is left when something goes wrong."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import ProgrammingError, transaction
from django.http import Http404

from leeway.files import access, actions, queries, store
from leeway.files.actions import KeptAlready, clear_orphans, keep_file
from leeway.files.models import File, FileKind, Owner, Scan, storage_key
from leeway.files.queries import NotGivenOut, read_file
from leeway.refusal import Refusal
from tests.conftest import TODAY
from tests.files.making import CSV, LATER, OWNER, PDF, picture

pytestmark = pytest.mark.django_db
DIGEST = "0" * 64
OTHER = Owner(OWNER.kind, UUID(int=10))


def bytes_of(file) -> bytes:
    with read_file(file) as content:
        return content.read()


def lying(folder) -> list:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_a_file_is_kept_as_it_came(keep, bea, store_folder):
    file = keep(CSV, name="November.csv", words="  Bank, November  ", kind=FileKind.STATEMENT)
    assert bytes_of(File.objects.get()) == CSV
    assert (file.name, file.words, file.size, file.added_by) == ("November.csv", "Bank, November", len(CSV), bea)
    assert (file.added_on, file.scan, file.owner) == (TODAY, Scan.NOT_SCANNED, OWNER)
    assert [path.name for path in lying(store_folder)] == [file.digest]


def test_another_room_can_keep_what_it_made(bea):
    made = ContentFile(PDF, name="letter.pdf")
    assert keep_file(upload=made, kind=FileKind.LETTER, owner=OWNER, by=bea, on=TODAY).name == "letter.pdf"


def test_the_same_file_is_kept_once_for_an_owner_and_the_answer_says_when_it_came(keep):
    first = keep(picture("HEIF"), words="Taxi")
    with pytest.raises(KeptAlready, match="here already: “Taxi”, added on 23 November 2026") as refused:
        keep(picture("HEIF"), name="again.heic")
    assert refused.value.file == first and refused.value.field == "upload"
    assert File.objects.count() == 1


def test_two_owners_of_the_same_bytes_share_one_place(keep, store_folder):
    keep()
    assert bytes_of(keep(owner=OTHER)) == PDF
    assert len(lying(store_folder)) == 1


def test_an_owner_that_no_room_has_registered_gets_no_file(keep):
    with pytest.raises(AssertionError, match="Nobody has said"):
        keep(owner=Owner("tests.nobody", UUID(int=1)))


def test_who_may_read_is_said_once_for_a_kind_of_owner():
    with pytest.raises(AssertionError, match="has said already"):
        access.register(OWNER.kind, may_read=lambda *_args, **_more: True)


class TestLimit:
    def test_a_file_at_the_limit_is_kept_and_one_byte_more_is_not(self, settings, keep, store_folder):
        settings.FILE_BYTES_MAX = 1_000_000
        assert keep(b"a" * 1_000_000).size == 1_000_000
        with pytest.raises(actions.NotAccepted, match="larger than 1 MB"):
            keep(b"b" * 1_000_001)
        assert len(lying(store_folder)) == 1


class TestUndone:
    def test_what_an_undone_transaction_wrote_cannot_be_read_and_is_cleared(self, keep, bea, store_folder):
        with pytest.raises(RuntimeError), transaction.atomic():
            file = keep()
            raise RuntimeError
        assert not File.objects.exists()
        with pytest.raises(Http404):
            queries.get_file(file.pk, seen_by=bea)
        assert len(lying(store_folder)) == 1
        assert clear_orphans(on=LATER) == 1
        assert not lying(store_folder)

    def test_clearing_leaves_what_a_row_names(self, keep, store_folder):
        file = keep()
        (store_folder / "notes.txt").write_text("the operator's own")
        assert clear_orphans(on=LATER) == 0
        assert bytes_of(file) == PDF and (store_folder / "notes.txt").exists()

    def test_what_was_left_in_the_last_month_stays(self, store_folder):
        store.put(DIGEST, b"left behind")
        stored = datetime.fromtimestamp((lying(store_folder)[0]).stat().st_mtime, UTC).date()
        assert clear_orphans(on=stored + timedelta(days=30)) == 0
        assert clear_orphans(on=stored + timedelta(days=32)) == 1

    def test_a_store_that_belongs_to_another_database_is_left_alone(self, monkeypatch, store_folder):
        monkeypatch.setattr(actions, "ORPHANS_MAX", 1)
        for digest in (DIGEST, "f" * 64):
            store.put(digest, b"another council's")
        with pytest.raises(Refusal, match="2 stored files are named by no row"):
            clear_orphans(on=LATER)
        assert len(lying(store_folder)) == 2

    def test_clearing_an_empty_store_is_no_fault(self):
        assert clear_orphans(on=LATER) == 0

    def test_half_a_file_left_by_a_crash_is_written_anew(self, keep, store_folder):
        file = keep()
        path = store_folder / storage_key(file.digest)
        path.write_bytes(PDF[:10])
        assert bytes_of(keep(owner=OTHER)) == PDF
        assert bytes_of(file) == PDF

    def test_nothing_is_kept_when_the_store_cannot_be_written(self, keep, monkeypatch):
        def full(*_args, **_more):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(type(storages["files"]), "_save", full)
        with pytest.raises(OSError, match="No space"), transaction.atomic():
            keep()
        assert not File.objects.exists()


class TestDigest:
    @pytest.mark.parametrize("change", [lambda path: path.write_bytes(PDF + b" "), lambda path: path.unlink()])
    def test_bytes_that_changed_or_went_are_not_given_out(self, keep, store_folder, caplog, change):
        file = keep()
        change(store_folder / storage_key(file.digest))
        with pytest.raises(NotGivenOut, match="not as it was when it was kept"):
            read_file(file)
        assert str(file.pk) in caplog.text and file.name not in caplog.text


class TestRow:
    @pytest.mark.parametrize(
        "change", [{"name": "b"}, {"digest": "0" * 64}, {"owner_id": UUID(int=3)}, {"words": "Other"}]
    )
    def test_the_database_refuses_to_change_it(self, keep, change):
        keep()
        with pytest.raises(ProgrammingError), transaction.atomic():
            File.objects.update(**change)

    def test_the_database_refuses_to_delete_it(self, keep):
        file = keep()
        with pytest.raises(ProgrammingError), transaction.atomic():
            File.objects.filter(pk=file.pk)._raw_delete("default")


@pytest.mark.parametrize(
    ("name", "saved_as"),
    [
        ("Taxi 3 Nov.pdf.exe", "Taxi 3 Nov.pdf.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.pdf"),
        ('a/b\\c:"d"|e?.pdf', "a b c d e.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("...", "file.pdf"),
        ("Größe £5", "Größe £5.pdf"),
    ],
)
def test_a_name_is_safe_to_save_under(name, saved_as):
    assert File(name=name, media_type="application/pdf").download_name == saved_as
