"""Test that the other stacks, and a stack with unusual config values, are served as configured."""

from pathlib import Path

import pytest

from local.program.program import ProgramError
from tests.support.decoded_pictures import decode, decoded_size, write_noise, write_picture
from tests.support.served_stack import broken_program, serve_stack

UNUSUAL_CONFIG = """\
config:
  aws:region: us-east-1
  edge-image-resizer:sizes: [32, 64, 128]
  edge-image-resizer:format: webp
  edge-image-resizer:originShield: false
  edge-image-resizer:maxBytes: 60000
  edge-image-resizer:maxPixels: 90000
  edge-image-resizer:browserTtl: 7
  edge-image-resizer:cdnTtl: 77
"""


@pytest.fixture
def images(tmp_path: Path) -> Path:
    write_picture(tmp_path / "images" / "a.jpg", 300, 200)
    write_picture(tmp_path / "images" / "many_pixels.png", 301, 300)
    (tmp_path / "images" / "many_bytes.jpg").write_bytes(b"\xff\xd8\xff" + b"0" * 60_000)
    return tmp_path / "images"


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_stack_of_the_project_is_served(images: Path, stack: str) -> None:
    with serve_stack(images, stack=stack) as served:
        assert decoded_size(served.get("/a.jpg?width=50&height=100")) == (50, 100)


def test_stack_is_served_as_configured(tmp_path: Path, images: Path) -> None:
    root = broken_program(tmp_path, "Pulumi.dev.yaml", "eu-central-1", "eu-west-1")
    (root / "Pulumi.unusual.yaml").write_text(UNUSUAL_CONFIG)

    with serve_stack(images, root=root, stack="unusual") as served:
        response = served.get("/a.jpg?width=40")
        refused = {name: served.get(f"/{name}?width=40").status for name in ("many_pixels.png", "many_bytes.jpg")}
        original = served.get("/many_bytes.jpg").status

    assert (decode(response).format, decode(response).size) == ("WEBP", (64, 43))
    assert response.headers["cache-control"] == "public, max-age=7, s-maxage=77"
    assert refused == {"many_pixels.png": 415, "many_bytes.jpg": 415}
    assert original == 200


def test_responses_from_kms_encrypted_buckets_reveal_no_key(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    write_noise(tmp_path / "images" / "noise.png")

    with serve_stack(tmp_path / "images", stack="prod") as served:
        original = served.get("/noise.png")
        redirect = served.get("/noise.png?width=900&format=png")
        stored = served.get(redirect.headers["location"])

        s3 = served.running.cloud.s3("eu-central-1")
        outputs = served.running.program.outputs
        objects = [
            s3.head_object(Bucket=outputs[bucket], Key=key)
            for bucket, key in (
                ("originals_bucket", "noise.png"),
                ("renditions_bucket", redirect.headers["location"].lstrip("/").partition("?")[0]),
            )
        ]

    assert [response.status for response in (original, redirect, stored)] == [200, 302, 200]
    assert decoded_size(stored) == (900, 900)
    assert {head["SSEKMSKeyId"] for head in objects} == {outputs["key_arn"]}
    for response in (original, redirect, stored):
        assert [name for name in response.headers if name.startswith("x-amz-server")] == []
        assert "123456789012" not in str(response.headers)


def test_stack_with_an_earlier_edge_version_is_refused(tmp_path: Path, images: Path) -> None:
    root = broken_program(tmp_path, "Pulumi.dev.yaml", "config:", "config:\n  edge-image-resizer:edgeVersion: 3")

    refusal = pytest.raises(ProgramError, match=r"-edge-function-\w+:3 is a version that exists only in AWS")
    with refusal, serve_stack(images, root=root):
        pass
