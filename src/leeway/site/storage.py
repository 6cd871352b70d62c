"""Where files lie: a folder of the data folder, or the S3-compatible storage whose bucket is named."""

from importlib.util import find_spec
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured


def in_folder(data_folder: Path) -> dict:
    """Django's settings for files in the data folder."""
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


def in_bucket(bucket: str, *, endpoint: str | None, region: str | None, key_id: str | None, secret: str | None) -> dict:
    """Django's settings for files in a bucket, at Amazon or at the address of another that speaks S3.

    Without a key the machine's own role is used, as Amazon's tools find it.
    """
    if find_spec("storages") is None or find_spec("boto3") is None:
        raise ImproperlyConfigured("LEEWAY_S3_BUCKET is set: install Leeway with what S3 needs, as leeway[s3].")
    from botocore.config import Config

    # Since 2025 Amazon's client adds checksums that other storages refuse.
    plain = Config(request_checksum_calculation="when_required", response_checksum_validation="when_required")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            "endpoint_url": endpoint,
            "region_name": region,
            "access_key": key_id,
            "secret_key": secret,
            "default_acl": None,
            "file_overwrite": True,
            "client_config": plain if endpoint else None,
        },
    }
