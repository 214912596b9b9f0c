"""Encoding: sizes and similarity of each format, the strategy of PNG, metadata, and animations."""

import io
from typing import Any

import pytest
from PIL import Image, ImageDraw

from bench.similarity import ssim
from conformance.pictures import BLUE, GREEN, RED, YELLOW, are_colors_close, color_at, encode, quadrants
from edge.imaging import encode as encoders
from edge.imaging.animation import Animation
from tests.support.renditions import (
    SAMPLES,
    UPRIGHT,
    animated,
    as_vips,
    decode_rendition,
    photograph,
    render_picture,
    samples,
    shown_frames,
)

METADATA = (
    b"Exif\0\0",
    b"http://ns.adobe.com/xap",
    b"ICC_PROFILE",
    b"iCCP",
    b"ICCP",
    b"EXIF",
    b"XMP ",
    b"eXIf",
    b"tEXt",
)


def encode_still(image: Image.Image, target: str, quality: int | None = None) -> bytes:
    still = Animation(frames=[as_vips(image)], durations=[0], loop_count=0)
    return encoders.encode(still, target, quality or encoders.QUALITY.get(target))


def decode(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def durations(image: Image.Image) -> list[float]:
    return [duration for duration, _ in shown_frames(image)]


def drawing() -> Image.Image:
    image = Image.new("RGB", (600, 400), "white")
    draw = ImageDraw.Draw(image)
    for number in range(12):
        draw.rectangle((20 + number * 40, 50 + number * 10, 50 + number * 40, 300), fill=UPRIGHT[number % 4])
        draw.text((40 * number, 20), f"Text {number}", fill="black")
    return image


@pytest.mark.parametrize(
    ("target", "min_ssim", "max_bytes"),
    [("jpeg", 0.96, 46_000), ("webp", 0.945, 29_000), ("avif", 0.945, 23_000), ("png", 1.0, 400_000)],
)
def test_photograph_at_the_default_quality_is_similar_and_small(target: str, min_ssim: float, max_bytes: int) -> None:
    picture = photograph(512, 512)

    data = encode_still(picture, target)

    assert len(data) < max_bytes
    assert ssim(samples(decode(data).convert("RGB")), samples(picture)) >= min_ssim


@pytest.mark.parametrize("target", ["jpeg", "webp", "avif"])
def test_higher_quality_gives_more_bytes_and_more_similarity(target: str) -> None:
    picture = photograph(300, 300)

    files = [encode_still(picture, target, quality) for quality in (30, 60, 90)]

    assert sorted(files, key=len) == files
    similarities = [ssim(samples(decode(data).convert("RGB")), samples(picture)) for data in files]
    assert sorted(similarities) == similarities


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("target", ["png", "webp", "avif", "jpeg"])
def test_still_picture_keeps_its_channels(target: str, mode: str) -> None:
    picture = quadrants(64, 64).convert(mode)
    if "A" in mode:
        picture.putalpha(Image.linear_gradient("L").resize(picture.size))
    picture = picture if target != "jpeg" else picture.convert(mode.removesuffix("A"))

    result = decode(encode_still(picture, target))

    assert ("A" in result.getbands()) == ("A" in picture.getbands())
    assert target not in ("png", "jpeg") or result.mode == picture.mode
    for x, y in ((16, 20), (48, 20), (16, 52), (48, 52)):
        colors = [[color_at(image.convert("RGBA"), x, y)] for image in (result, picture)]
        assert are_colors_close(*colors, tolerance=0 if target == "png" else 40)


PICTURES = {
    "drawing": drawing,
    "photograph": lambda: photograph(512, 512),
    "banner": lambda: Image.open(SAMPLES / "arc_banner.png").convert("RGB"),
    "cat": lambda: Image.open(SAMPLES / "chelsea.png").convert("RGB"),
    "gray noise": lambda: Image.effect_noise((300, 300), 50),
}


@pytest.mark.parametrize("name", PICTURES)
def test_png_is_hardly_larger_than_with_the_better_strategy(name: str) -> None:
    picture = PICTURES[name]()
    strategies = (encoders._PNG_DRAWING, encoders._PNG_PHOTOGRAPH)  # pyright: ignore[reportPrivateUsage]

    sizes = [len(as_vips(picture).save("pngsave_target", **options)) for options in strategies]

    assert len(encode_still(picture, "png")) <= 1.2 * min(sizes)


def test_jpeg_is_baseline_with_half_of_the_colors() -> None:
    """Progressive encoding would take two to three times the time."""
    data = encode_still(photograph(100, 100), "jpeg")

    sof = data.index(b"\xff\xc0")
    assert b"\xff\xc2" not in data[:sof]
    assert [data[sof + 11 + 3 * component] for component in range(3)] == [0x22, 0x11, 0x11]


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "gif"])
def test_metadata_is_never_written(target: str) -> None:
    image = as_vips(quadrants(64, 64)).apply("copy")
    for field in ("exif-data", "xmp-data", "iptc-data", "icc-profile-data"):
        image.set(field, b"Exif\0\0II*\0secret metadata" + bytes(200))

    data = encoders.encode(Animation([image, image][: 1 + (target == "gif")], [100] * 2, 0), target, 70)

    assert b"secret" not in data
    assert not [name for name in METADATA if name in data]
    assert not {"exif", "icc_profile", "xmp", "comment"} & decode(data).info.keys()


@pytest.mark.parametrize("target", ["gif", "webp", "png"])
def test_animation_keeps_frames_durations_and_loop_count(target: str) -> None:
    original = animated("gif", [RED, GREEN, BLUE, YELLOW], duration=[100, 200, 50, 700], loop=0)

    image = decode_rendition(original, width=30, format=None if target == "gif" else target)

    assert durations(image) == [100, 200, 50, 700]
    assert are_colors_close([color for _, color in shown_frames(image)], [RED, GREEN, BLUE, YELLOW], 20)
    assert image.info.get("loop") == 0


@pytest.mark.parametrize(
    ("kind", "loop", "target", "written"),
    [("png", 1, "webp", 1), ("png", 3, "png", 3), ("webp", 3, "png", 3), ("gif", 2, "webp", 3), ("gif", 2, None, 2)],
)
def test_animation_that_ends_still_ends(kind: str, loop: int, target: str | None, written: int) -> None:
    """A GIF stores the number of repetitions, which is one less than the number of times that it plays."""
    assert decode_rendition(animated(kind, loop=loop), width=30, format=target).info["loop"] == written


def test_gif_that_plays_once_still_plays_once() -> None:
    original = animated("gif")

    assert decode_rendition(original, width=30, format="webp").info["loop"] == 1
    assert "loop" not in decode_rendition(original, width=30).info


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("gif", [100, 10, 50, 700]), ("webp", [100, 100, 50, 700]), ("png", [0, 10, 50, 700])],
)
def test_durations_are_kept_or_are_those_that_browsers_show(kind: str, shown: list[int]) -> None:
    """Browsers show a frame of 0 to 10 ms for 100 ms. A GIF of 10 ms and a PNG are therefore correct as they are."""
    original = animated(kind, duration=[0, 10, 50, 700], loop=0)

    assert durations(decode_rendition(original, width=30)) == shown


@pytest.mark.parametrize("target", ["png", "webp"])
def test_fractional_durations_keep_their_sum(target: str) -> None:
    original = animated("png", [(number * 20, 0, 0) for number in range(7)], duration=[100 / 3] * 7, loop=0)

    result = durations(decode_rendition(original, width=30, format=target))

    assert abs(sum(result) - 700 / 3) < 1
    assert {round(duration) for duration in result} == {33, 34}


def test_png_delay_of_more_than_16_bits_is_rounded_to_seconds() -> None:
    original = animated("webp", duration=[70_123] * 4, loop=0)

    assert durations(decode_rendition(original, width=30, format="png")) == [70_000] * 4


@pytest.mark.parametrize("target", ["gif", "webp", "avif", "png"])
def test_previous_frame_does_not_show_through_transparency(target: str) -> None:
    frames: list[Image.Image] = []
    for left in (0, 20, 40):
        frames.append(Image.new("RGBA", (60, 40)))
        ImageDraw.Draw(frames[-1]).rectangle((left, 0, left + 19, 39), fill=RED)
    original = encode(frames[0], "gif", save_all=True, append_images=frames[1:], loop=0, duration=90, disposal=2)

    image = decode_rendition(original, width=30, format=None if target == "gif" else target)

    for index in range(3):
        image.seek(index)
        alphas: list[Any] = [image.convert("RGBA").getchannel("A").getpixel((x, 10)) for x in (5, 15, 25)]
        assert [alpha > 127 for alpha in alphas] == [index == 0, index == 1, index == 2]


def test_rendition_of_an_animation_has_no_frame_of_another_size() -> None:
    image = decode(render_picture((SAMPLES / "rocket.gif").read_bytes(), width=77).body)

    assert image.width == 77
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        assert image.width == 77
