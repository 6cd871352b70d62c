"""Takes an upload in as it arrives: never more of it than may be kept, and never under a name on the disk."""

from tempfile import SpooledTemporaryFile

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler


class WithinLimit(FileUploadHandler):
    """Keeps a file's bytes up to the limit and lets the rest go by, so that nobody can fill the disk.

    The size that it reports is the whole, so that the form says what is wrong and the words beside it are not lost.
    """

    def new_file(self, *args, **kwargs):
        super().new_file(*args, **kwargs)
        # Without a name from the start: nothing is left behind when the process is killed.
        self.kept = SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE)  # noqa: SIM115 Django closes it

    def receive_data_chunk(self, raw_data, start):
        if start + len(raw_data) <= settings.FILE_BYTES_MAX:
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
