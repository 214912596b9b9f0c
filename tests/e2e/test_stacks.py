"""Test that the other stacks, and a stack with unusual values, are served as configured."""

from pathlib import Path

import pytest
from PIL import Image

from local.program.program import ProgramError
from tests.support.decoded_pictures import image, size, write
from tests.support.served_stack import broken_program, served

ODD = """\
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
    write(tmp_path / "images" / "a.jpg", 300, 200)
    write(tmp_path / "images" / "many_pixels.png", 301, 300)
    (tmp_path / "images" / "many_bytes.jpg").write_bytes(b"\xff\xd8\xff" + b"0" * 60_000)
    return tmp_path / "images"


@pytest.mark.parametrize("stack", ["staging", "prod"])
def test_every_stack_of_the_project_is_served(images: Path, stack: str) -> None:
    with served(images, stack=stack) as running:
        assert size(running.get("/a.jpg?width=50&height=100")) == (50, 100)


def test_stack_is_served_as_configured(tmp_path: Path, images: Path) -> None:
    root = broken_program(tmp_path, "Pulumi.dev.yaml", "eu-central-1", "eu-west-1")
    (root / "Pulumi.odd.yaml").write_text(ODD)

    with served(images, root=root, stack="odd") as running:
        reply = running.get("/a.jpg?width=40")
        refused = {name: running.get(f"/{name}?width=40").status for name in ("many_pixels.png", "many_bytes.jpg")}
        original = running.get("/many_bytes.jpg").status

    assert (image(reply).format, image(reply).size) == ("WEBP", (64, 43))
    assert reply.headers["cache-control"] == "public, max-age=7, s-maxage=77"
    assert refused == {"many_pixels.png": 413, "many_bytes.jpg": 413}
    assert original == 200


def test_pictures_encrypted_with_kms_reveal_no_key(tmp_path: Path) -> None:
    noise = Image.merge("RGB", [Image.effect_noise((900, 900), 80) for _ in range(3)])
    (tmp_path / "images").mkdir()
    noise.save(tmp_path / "images" / "noise.png")

    with served(tmp_path / "images", stack="prod") as running:
        original = running.get("/noise.png")
        redirect = running.get("/noise.png?width=900&format=png")
        stored = running.get(redirect.headers["location"])

        cloud = running.running.cloud.s3("eu-central-1")
        outputs = running.running.program.outputs
        kept = [
            cloud.head_object(Bucket=outputs[bucket], Key=key)
            for bucket, key in (
                ("originals_bucket", "noise.png"),
                ("renditions_bucket", redirect.headers["location"].lstrip("/").partition("?")[0]),
            )
        ]

    assert [reply.status for reply in (original, redirect, stored)] == [200, 302, 200]
    assert size(stored) == (900, 900)
    assert {answer["SSEKMSKeyId"] for answer in kept} == {outputs["key_arn"]}
    for reply in (original, redirect, stored):
        assert [name for name in reply.headers if name.startswith("x-amz-server")] == []
        assert "123456789012" not in str(reply.headers)


def test_function_version_that_only_aws_has_is_refused(tmp_path: Path, images: Path) -> None:
    root = broken_program(tmp_path, "Pulumi.dev.yaml", "config:", "config:\n  edge-image-resizer:edgeVersion: 3")

    says = pytest.raises(ProgramError, match=r"function:edge-function-\w+:3 is a version that only AWS has")
    with says, served(images, root=root):
        pass
