"""Takes an upload in as it arrives: never more of it than may be kept, and never under a name on the disk."""

from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

#: The field of a file that never touches the disk, not even without a name: of it only what is picked may be kept.
NEVER_ON_DISK = "to_pick_from"


class WithinLimit(FileUploadHandler):
    """Keeps a file's bytes up to the limit and lets the rest go by, so that nobody can fill the disk.

    The size that it reports is the whole, so that the form says what is wrong and the words beside it are not lost.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        self.most = most_bytes_of(self.field_name)
        # Without a name from the start: nothing is left behind when the process is killed.
        self.kept = SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 Django closes it

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) <= self.most:
            self.kept.write(raw_data)

    def file_complete(self, file_size):
        self.kept.seek(0)
        return UploadedFile(
            file=self.kept,
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )


def most_bytes_of(field: str) -> int:
    """How much is taken in of a file that comes with this field."""
    return settings.FILE_UPLOAD_MAX_MEMORY_SIZE if field == NEVER_ON_DISK else settings.FILE_BYTES_MAX
