"""The field of a form that takes a file."""

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from leeway.files.actions import too_large

SENTENCES = {"required": "Choose a file.", "empty": "The file is empty. Choose another one."}
CHOOSE_AGAIN = "Choose the file again: no browser can keep it when a page comes back."


class UploadField(forms.FileField):
    """A file. What it holds is judged by the action; too large or empty is said here."""

    widget = forms.FileInput

    def __init__(self, **options):
        super().__init__(error_messages=SENTENCES, **options)

    def to_python(self, data):
        upload = super().to_python(data)
        if upload is not None and upload.size > settings.FILE_BYTES_MAX:
            raise ValidationError(too_large())
        return upload


class UploadForm(forms.Form):
    """A form with a file in it. Where anything else is wrong it says that the file must be chosen again."""

    upload = UploadField(
        label="Choose a file",
        help_text="A photograph (JPEG, PNG, HEIC, WebP), a PDF, text or CSV, Word, Excel or OpenDocument, or a bank’s "
        f"statement file (OFX, MT940, camt.053). Up to {settings.FILE_BYTES_MAX // 1_000_000} MB.",
    )

    def clean(self):
        cleaned = super().clean()
        if self.errors and "upload" not in self.errors:
            self.add_error("upload", CHOOSE_AGAIN)
        return cleaned
