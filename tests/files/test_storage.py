"""The same in S3-compatible storage as in a folder: asked of moto's server, over HTTP."""

import os
import subprocess
import sys

import boto3
import pytest
from django.core.exceptions import ImproperlyConfigured
from moto.server import ThreadedMotoServer

from leeway.files import store
from leeway.files.actions import clear_orphans
from leeway.files.models import File, Owner, storage_key
from leeway.files.queries import NotGivenOut, read_file
from leeway.site.storage import in_bucket
from tests.files.making import LATER, OWNER, PDF, picture

pytestmark = pytest.mark.django_db
BUCKET = "leeway-files"


@pytest.fixture(scope="module")
def server():
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield "http://{}:{}".format(*running.get_host_and_port())
    running.stop()


@pytest.fixture
def bucket(server, settings, store_folder):
    """An empty bucket, used as settings use it."""
    at = {"endpoint_url": server, "aws_access_key_id": "k", "aws_secret_access_key": "s", "region_name": "eu-west-2"}
    client = boto3.client("s3", **at)
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-2"})
    files = in_bucket(BUCKET, endpoint=server, region="eu-west-2", key_id="k", secret="s")
    settings.STORAGES = settings.STORAGES | {"files": files}
    bucket = boto3.resource("s3", **at).Bucket(BUCKET)
    yield bucket
    bucket.objects.all().delete()
    bucket.delete()


def test_a_file_is_kept_in_the_bucket_and_read_back(bucket, keep, store_folder):
    file = keep(picture("HEIF"))
    assert [each.key for each in bucket.objects.all()] == [storage_key(file.digest)]
    with read_file(file) as content:
        assert content.read() == bucket.Object(storage_key(file.digest)).get()["Body"].read()
    assert not store_folder.exists()


@pytest.mark.parametrize("change", ["put", "delete"])
def test_bytes_that_changed_or_went_are_not_given_out(bucket, keep, change):
    file = keep()
    lies = bucket.Object(storage_key(file.digest))
    lies.put(Body=PDF + b" ") if change == "put" else lies.delete()
    with pytest.raises(NotGivenOut):
        read_file(file)
    keep(owner=Owner(OWNER.kind, file.pk))
    with read_file(file) as content:
        assert content.read() == PDF, "the same file, sent again, mends it"


def test_orphans_are_cleared_there_too(bucket, keep):
    kept = keep()
    store.put("0" * 64, b"left behind")
    assert clear_orphans(on=LATER) == 1
    assert [each.key for each in bucket.objects.all()] == [storage_key(kept.digest)] and File.objects.count() == 1


def test_a_bucket_without_what_s3_needs_stops_the_start(monkeypatch):
    monkeypatch.setattr("leeway.site.storage.find_spec", lambda _name: None)
    with pytest.raises(ImproperlyConfigured, match=r"leeway\[s3\]"):
        in_bucket(BUCKET, endpoint=None, region=None, key_id=None, secret=None)


def settings_with(name: str, environment: dict) -> subprocess.CompletedProcess:
    """What a start with this environment makes of one setting."""
    start = [sys.executable, "-c", f"from leeway.site import settings; print(settings.{name})"]
    return subprocess.run(start, env=os.environ | environment, capture_output=True, text=True, check=False)


def test_files_lie_in_the_data_folder_unless_a_bucket_is_named(tmp_path):
    at = {"LEEWAY_S3_BUCKET": BUCKET, "LEEWAY_S3_KEY_ID": "k", "LEEWAY_S3_SECRET": "s", "LEEWAY_S3_REGION": "eu-west-2"}
    assert "FileSystemStorage" in settings_with('STORAGES["files"]', {}).stdout
    named = settings_with('STORAGES["files"]', at).stdout
    assert "S3Storage" in named and BUCKET in named and "eu-west-2" in named


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("LEEWAY_CLAMD", "clamd", "host:port"),
        ("LEEWAY_CLAMD", "clamd:x", "host:port"),
        ("LEEWAY_FILE_MB", "a", "whole"),
    ],
)
def test_a_setting_that_cannot_be_used_stops_the_start(name, value, said):
    run = settings_with("CLAMD", {name: value})
    assert run.returncode and name in run.stderr and said in run.stderr
