"""Renditions that do not fit into one response: lower qualities, other formats and outcomes."""

import io
from typing import Any

import pytest
from PIL import Image

from conformance.pictures import BLUE, GREEN, RED, encode
from edge.imaging import size_limit
from edge.imaging.animation import Animation
from edge.outcome import Adjustment
from tests.support.renditions import SAMPLES, animated, decode_rendition, render_picture, shown_frames


@pytest.mark.parametrize("target", ["jpeg", "webp"])
def test_too_large_rendition_is_encoded_at_a_lower_quality(target: str) -> None:
    noise = Image.effect_noise((500, 500), 90).convert("RGB")
    original = encode(noise, "png")
    unlimited = render_picture(original, format=target)

    limited = render_picture(original, format=target, max_body=len(unlimited.body) * 9 // 10)

    assert len(limited.body) <= len(unlimited.body) * 9 // 10
    assert (limited.quality or 0) < (unlimited.quality or 0)


def test_avif_that_would_take_too_long_becomes_webp() -> None:
    assert decode_rendition(encode(Image.new("L", (2100, 2000)), "png"), format="avif").format == "WEBP"


def test_frames_of_several_minutes_keep_their_format_and_duration() -> None:
    webp = animated("webp", [RED, RED, RED, GREEN], duration=[600_000, 600_000, 1000, 500], lossless=True)
    gif = animated("gif", [RED, GREEN, BLUE], duration=[400_000, 400_000, 500])

    assert [time for time, _ in shown_frames(decode_rendition(webp, width=30))] == [1_201_000, 500]
    assert [time for time, _ in shown_frames(decode_rendition(gif, width=30))] == [400_000, 400_000, 500]
    assert render_picture(gif, width=30).content_type == "image/gif"


@pytest.mark.parametrize(
    ("kind", "mode", "frames", "lossy_format"),
    [
        ("png", "RGB", 1, "JPEG"),
        ("png", "RGBA", 1, "WEBP"),
        ("gif", "L", 1, "JPEG"),
        ("gif", "L", 3, "WEBP"),
        ("png", "RGB", 3, "WEBP"),
    ],
)
def test_too_large_lossless_rendition_becomes_lossy(kind: str, mode: str, frames: int, lossy_format: str) -> None:
    noise = [Image.effect_noise((300, 300), 70 + index).convert("RGB").convert(mode) for index in range(frames)]
    if mode == "RGBA":
        noise[0].putalpha(200)
    options = {"save_all": True, "append_images": noise[1:], "duration": 100} if frames > 1 else {}

    image = decode_rendition(encode(noise[0], kind, **options), width=290, max_body=49_000 * frames)

    assert (image.format, image.size, getattr(image, "n_frames", 1)) == (lossy_format, (290, 290), frames)


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Return a list that records the format and the height of all attempts, in order."""
    attempts: list[tuple[str, int]] = []
    encode = size_limit.encode

    def recording_encode(animation: Animation, target: str, quality: int | None) -> bytes:
        attempts.append((target, animation.frames[0].height))
        return encode(animation, target, quality)

    monkeypatch.setattr(size_limit, "encode", recording_encode)
    return attempts


@pytest.mark.parametrize("target", ["jpeg", "webp", "avif"])
def test_rendition_that_cannot_fit_is_encoded_once_as_requested(target: str, attempts: list[tuple[str, int]]) -> None:
    original = encode(Image.effect_noise((300, 300), 90), "png")

    result = render_picture(original, width=300, format=target, quality=90, max_body=999)

    assert (result.adjustment, result.quality, result.content_type) == (Adjustment.TOO_LARGE, 90, f"image/{target}")
    assert len(result.body) > 999
    assert attempts == [(target, 300)]


def test_png_requested_by_name_stays_png_at_any_size(attempts: list[tuple[str, int]]) -> None:
    noise = Image.effect_noise((300, 300), 90)

    result = render_picture(encode(noise, "png"), width=300, format="png", max_body=60_000)

    assert (result.adjustment, result.content_type) == (Adjustment.TOO_LARGE, "image/png")
    assert attempts == [("png", 300)]
    assert Image.open(io.BytesIO(result.body)).tobytes() == noise.tobytes()


def test_only_a_part_of_a_png_that_is_far_too_large_is_encoded(attempts: list[tuple[str, int]]) -> None:
    result = render_picture(encode(Image.effect_noise((400, 400), 90), "png"), width=390, max_body=50_000)

    assert (result.content_type, result.adjustment) == ("image/jpeg", Adjustment.FORMAT_CHANGED)
    assert [height for target, height in attempts if target == "png"] == [390 // 8]


@pytest.mark.parametrize(
    ("options", "max_body", "adjustment"),
    [
        ({"format": "jpeg"}, 60_000, Adjustment.AS_REQUESTED),
        ({"format": "jpeg"}, 45_000, Adjustment.QUALITY_REDUCED),
        ({"format": "jpeg"}, 5_000, Adjustment.TOO_LARGE),
        ({}, 95_000, Adjustment.AS_REQUESTED),
        ({}, 60_000, Adjustment.FORMAT_CHANGED),
        ({}, 45_000, Adjustment.FORMAT_CHANGED),
        ({}, 5_000, Adjustment.TOO_LARGE),
        ({"format": "png"}, 95_000, Adjustment.AS_REQUESTED),
        ({"format": "png"}, 60_000, Adjustment.TOO_LARGE),
    ],
)
def test_adjustment_depends_on_the_format_and_the_limit(
    options: dict[str, Any], max_body: int, adjustment: Adjustment
) -> None:
    original = encode(Image.effect_noise((300, 300), 90), "png")

    result = render_picture(original, width=300, max_body=max_body, **options)

    assert result.adjustment is adjustment
    assert (len(result.body) <= max_body) is (adjustment is not Adjustment.TOO_LARGE)


@pytest.mark.parametrize("share", [0.8, 0.65])
@pytest.mark.parametrize("target", ["jpeg", "webp", "avif"])
def test_body_of_reduced_quality_is_close_to_the_limit(target: str, share: float) -> None:
    original = encode(Image.open(SAMPLES / "coffee.webp"), "png")
    limit = int(len(render_picture(original, format=target).body) * share)

    assert limit * 0.6 < len(render_picture(original, format=target, max_body=limit).body) <= limit
