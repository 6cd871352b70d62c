"""Where files lie: a folder of the data folder, or the S3-compatible storage whose bucket is named."""

import os
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def file_storage(data_folder: Path, *, secret: Callable[[str], str]) -> dict:
    """Django's settings for the storage of files: LEEWAY_S3_BUCKET where given, otherwise the data folder."""
    bucket = os.getenv("LEEWAY_S3_BUCKET")
    if bucket:
        return s3_storage(bucket, secret)
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {
            "location": data_folder / "files",
            "base_url": None,  # no address leads to it but through a permission
            "file_permissions_mode": 0o600,
            "directory_permissions_mode": 0o700,
            "allow_overwrite": True,  # each lies under its digest, so that only the same bytes can follow
        },
    }


def s3_storage(bucket: str, secret: Callable[[str], str]) -> dict:
    """A bucket, at Amazon or at the address of another that speaks S3."""
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("LEEWAY_S3_BUCKET is set: install Leeway with what S3 needs, as leeway[s3].")
    from botocore.config import Config

    endpoint, key = os.getenv("LEEWAY_S3_ENDPOINT"), os.getenv("LEEWAY_S3_KEY_ID")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "region_name": os.getenv("LEEWAY_S3_REGION"),
            # Without a key, the machine's own role is used, as Amazon's tools find it.
            "access_key": key,
            "secret_key": secret("LEEWAY_S3_SECRET") if key else None,
            "default_acl": None,
            "file_overwrite": True,
            # Since 2025 Amazon's client adds checksums that other storages refuse.
            "client_config": Config(
                request_checksum_calculation="when_required", response_checksum_validation="when_required"
            )
            if endpoint
            else None,
        },
    }
