"""The versions of keys and folders in a bucket of moto's S3."""

import pytest

from ops.aws.originals import find_unknown_names, has_version
from tests.support.aws_servers import Moto


@pytest.mark.parametrize(
    ("name", "is_known"),
    [
        ("cats/1.jpg", True),
        ("cats/", True),
        ("gone.jpg", True),
        ("cats", False),
        ("cats/1", False),
        ("cat/", False),
        ("Cats/1.jpg", False),
    ],
)
def test_key_is_known_by_its_own_versions_and_markers_only(name: str, is_known: bool, moto: Moto) -> None:
    s3 = moto.client("s3")
    s3.create_bucket(Bucket="originals")
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    for key in ("cats/1.jpg", "cats/10.jpg", "cats.jpg"):
        s3.put_object(Bucket="originals", Key=key, Body=b"")
    version = s3.put_object(Bucket="originals", Key="gone.jpg", Body=b"")["VersionId"]
    s3.delete_object(Bucket="originals", Key="gone.jpg")
    s3.delete_object(Bucket="originals", Key="gone.jpg", VersionId=version)  # only the delete marker remains

    assert has_version(s3, "originals", name) is is_known
    steps: list[int] = []
    assert find_unknown_names(s3, "originals", [name], steps.append) == ([] if is_known else [name])
    assert steps == [1]
