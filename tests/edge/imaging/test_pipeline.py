import io
import struct
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageCms, ImageDraw

from conformance.pictures import BLUE, GREEN, RED, YELLOW, quadrants, srgb_profile
from conformance.pictures import are_colors_close as alike
from conformance.pictures import encode as encoded
from conformance.pictures import quadrant_colors as corners
from edge.errors import ImageError, NotAnImage, OriginalTooLarge
from edge.imaging.encode import Rendered
from edge.imaging.pipeline import render
from edge.rendition import Rendition

SAMPLES = Path(__file__).parents[3] / "samples"
UPRIGHT = [RED, GREEN, BLUE, YELLOW]
TURNED = {  # how upright pixels are stored for each value of EXIF's Orientation
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def rendered(
    original: bytes, *, max_pixels: int = 10**8, max_frames: int = 1000, max_body: int = 780_000, **options: Any
) -> Rendered:
    result = render(
        original,
        Rendition(**options),
        max_pixels=max_pixels,
        max_frames=max_frames,
        max_dimension=4096,
        max_body=max_body,
    )
    assert result is not None
    return result


def picture(original: bytes, **options: Any) -> Image.Image:
    image = Image.open(io.BytesIO(rendered(original, **options).body))
    image.load()
    return image


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif"])
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "gif", "avif", "tiff", "bmp"])
def test_every_format_becomes_every_other(kind: str, target: str) -> None:
    original = encoded(quadrants(), kind)

    result = rendered(original, width=60, format=target)

    image = Image.open(io.BytesIO(result.body))
    assert (image.format, image.size, result.content_type) == (target.upper(), (60, 40), f"image/{target}")
    assert alike(corners(image), UPRIGHT, 20)


@pytest.mark.parametrize(
    ("kind", "format_"),
    [("jpeg", "JPEG"), ("png", "PNG"), ("gif", "GIF"), ("webp", "WEBP"), ("avif", "AVIF"), ("tiff", "JPEG")],
)
def test_without_a_format_the_originals_is_kept_if_browsers_show_it(kind: str, format_: str) -> None:
    assert picture(encoded(quadrants(), kind), width=9).format == format_


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "tiff", "avif"])
def test_pictures_are_upright_and_width_means_the_upright_width(kind: str, orientation: int) -> None:
    turn = TURNED[orientation]
    stored = quadrants(240, 160) if turn is None else quadrants(240, 160).transpose(turn)
    exif = Image.Exif()
    exif[0x0112] = orientation
    original = encoded(stored, kind, exif=exif)

    image = picture(original, width=60)

    assert image.size == (60, 40)
    assert alike(corners(image), UPRIGHT, 20)
    assert 0x0112 not in image.getexif()


@pytest.mark.parametrize("target", ["jpeg", "png", "webp", "avif", "gif"])
def test_nothing_of_the_metadata_goes_out(target: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "maker-of-cameras"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.0)
    options = {"exif": exif, "icc_profile": srgb_profile()} if target != "gif" else {"comment": b"a comment"}
    original = encoded(quadrants(), target, **options)

    body = rendered(original, width=60).body

    image = Image.open(io.BytesIO(body))
    assert not {"exif", "icc_profile", "xmp", "comment"} & image.info.keys()
    assert b"maker-of-cameras" not in body
    assert b"a comment" not in body


def test_the_samples_gps_position_does_not_come_out() -> None:
    original = (SAMPLES / "hubble_deep_field.jpg").read_bytes()

    image = picture(original, width=300)

    assert Image.open(io.BytesIO(original)).getexif().get_ifd(0x8825)
    assert (image.size, dict(image.getexif())) == ((300, 262), {})


@pytest.mark.parametrize("width", [30, 60, 130, 250, 500, 999])
def test_a_jpeg_decoded_small_shows_what_one_decoded_whole_would(width: int) -> None:
    original = (SAMPLES / "people" / "astronaut.jpg").read_bytes()
    whole = Image.open(io.BytesIO(original)).convert("RGB")

    image = picture(original, width=width, height=width // 2, position="top-right", format="png")

    size = (min(width, 512), round(min(width, 512) * (width // 2) / width))
    expected = whole.resize(image.size, Image.Resampling.LANCZOS, box=(0, 0, 512, 512 * image.height / image.width))
    assert abs(image.size[1] - size[1]) <= 1
    difference = [abs(a - b) for a, b in zip(image.tobytes(), expected.tobytes(), strict=True)]
    assert sum(difference) / len(difference) < 2.5


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
@pytest.mark.parametrize("target", ["png", "webp", "avif"])
def test_transparency_is_kept(mode: str, target: str) -> None:
    image = quadrants(mode="RGBA")
    ImageDraw.Draw(image).rectangle((0, 0, 59, 39), fill=(0, 0, 0, 0))
    original = encoded(image.convert(mode), "png")

    result = picture(original, width=60, format=target).convert("RGBA")

    assert result.getpixel((10, 10))[3] < 12
    assert result.getpixel((50, 30))[3] > 243


@pytest.mark.parametrize(("background", "colour"), [("ffffff", (255, 255, 255)), ("ff8800", (255, 136, 0))])
def test_jpeg_shows_the_background_where_there_was_nothing(background: str, colour: tuple[int, ...]) -> None:
    original = encoded(Image.new("RGBA", (80, 80), (0, 0, 0, 0)), "png")

    assert alike(corners(picture(original, width=40, format="jpeg", background=background)), [colour] * 4, 4)


def test_edges_of_transparency_have_no_halo() -> None:
    """White where it is opaque and black where it is not: no grey may leak into what is seen."""
    image = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
    ImageDraw.Draw(image).ellipse((50, 50, 350, 350), fill=(255, 255, 255, 255))

    result = picture(encoded(image, "png"), width=37)

    pixels = [result.getpixel((x, y)) for x in range(37) for y in range(37)]
    assert all(min(pixel[:3]) >= 250 for pixel in pixels if pixel[3] > 20)


def test_colours_are_converted_through_the_embedded_profile() -> None:
    linear = _linear_profile()
    original = encoded(Image.new("RGB", (40, 40), (55, 55, 55)), "png", icc_profile=linear)

    result = picture(original, width=20)

    assert alike([result.getpixel((5, 5))], [(128, 128, 128)], 6)
    assert "icc_profile" not in result.info


def test_a_broken_profile_is_ignored() -> None:
    original = encoded(quadrants(), "png", icc_profile=b"not a profile at all" * 20)

    assert alike(corners(picture(original, width=60)), UPRIGHT)


def test_cmyk_becomes_rgb() -> None:
    image = picture(encoded(quadrants(mode="CMYK"), "jpeg", quality=95), width=60, format="png")

    assert image.mode == "RGB"
    assert alike(corners(image), UPRIGHT, 20)


def test_16_bits_are_scaled_and_not_clipped() -> None:
    image = Image.new("I;16", (64, 8))
    image.putdata([x * 1040 for _ in range(8) for x in range(64)])

    result = picture(encoded(image, "png"), width=32)

    values = [result.convert("L").getpixel((x, 2)) for x in range(32)]
    assert values == sorted(values)
    assert values[0] < 8 < 120 < values[16] < 140 < 247 < values[31]


@pytest.mark.parametrize("target", ["gif", "webp", "png"])
def test_an_animation_keeps_frames_durations_and_loop(target: str) -> None:
    frames = [Image.new("RGB", (60, 40), colour) for colour in (RED, GREEN, BLUE, YELLOW)]
    durations = [100, 200, 50, 700]
    original = encoded(frames[0], "gif", save_all=True, append_images=frames[1:], duration=durations, loop=0)

    image = picture(original, width=30, format=None if target == "gif" else target)

    seen = []
    for index in range(image.n_frames):
        image.seek(index)
        image.load()
        seen.append((image.info["duration"], image.convert("RGB").getpixel((5, 5))))
    assert [duration for duration, _ in seen] == durations
    assert alike([colour for _, colour in seen], [RED, GREEN, BLUE, YELLOW], 20)
    assert image.info.get("loop") == 0


def test_an_animation_that_plays_once_still_plays_once() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    original = encoded(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    assert picture(original, width=10, format="webp").info["loop"] == 1
    assert "loop" not in picture(original, width=10).info


def test_jpeg_takes_the_first_frame() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    original = encoded(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    assert alike(corners(picture(original, width=10, format="jpeg")), [RED] * 4)


def test_an_animation_over_the_budget_goes_out_untouched() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in (RED, BLUE)]
    original = encoded(frames[0], "gif", save_all=True, append_images=frames[1:], duration=100)

    def outcome(max_pixels: int) -> Rendered | None:
        limits = {"max_pixels": max_pixels, "max_frames": 9, "max_dimension": 99, "max_body": 9999}
        return render(original, Rendition(width=10), **limits)

    assert outcome(max_pixels=799) is None
    assert outcome(max_pixels=1399) is None  # 800 come in, and 200 go out, which count three times
    assert outcome(max_pixels=1400)


@pytest.mark.parametrize("kind", ["gif", "png", "webp"])
def test_more_frames_than_the_limit_are_refused_but_their_first_can_be_had(kind: str) -> None:
    frames = [Image.new("RGB", (4, 4), (number * 20, 0, 0)) for number in range(4)]
    original = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)

    assert picture(original, width=2, max_frames=4).n_frames == 4
    assert picture(original, width=2, max_frames=3, format="jpeg").size == (2, 2)
    with pytest.raises(OriginalTooLarge, match="more than 3 frames"):
        rendered(original, width=2, max_frames=3)


def test_lab_is_shown_in_the_colours_that_it_names() -> None:
    lab = ImageCms.createProfile("LAB")
    to_lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), lab, "RGB", "LAB")
    original = encoded(ImageCms.applyTransform(quadrants(), to_lab), "tiff")

    assert alike(corners(picture(original, width=60, format="png")), UPRIGHT, 4)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_heic_is_upright(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation  # its writer turns this into the transforms that HEIF has itself
    turn = TURNED[orientation]
    stored = quadrants(240, 160) if turn is None else quadrants(240, 160).transpose(turn)

    image = picture(encoded(stored, "heif", exif=exif.tobytes()), width=60, format="png")

    assert image.size == (60, 40)
    assert alike(corners(image), UPRIGHT, 20)


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_a_heic_becomes_what_browsers_show(mode: str) -> None:
    image = quadrants(mode=mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize(image.size))

    result = rendered(encoded(image, "heif"), width=60)

    assert result.content_type == ("image/png" if mode == "RGBA" else "image/jpeg")


def test_of_several_pictures_in_a_heic_the_main_one_is_shown() -> None:
    others = [Image.new("RGB", (64, 64), colour) for colour in (RED, BLUE, GREEN)]

    image = picture(encoded(others[0], "heif", save_all=True, append_images=others[1:], primary_index=1), width=20)

    assert alike(corners(image), [BLUE] * 4)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_heic_that_ends_too_early_is_refused(share: float) -> None:
    whole = encoded(Image.effect_noise((300, 200), 90).convert("RGB"), "heif")

    with pytest.raises(NotAnImage):
        rendered(whole[: int(len(whole) * share)], width=60)


@pytest.mark.parametrize("width", [50, 500])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95])
@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK"])
def test_a_jpeg_that_was_cut_off_and_closed_again_is_refused(mode: str, share: float, width: int) -> None:
    """As a broken upload leaves it that some tool repaired: the rest would be grey."""
    photograph = Image.open(SAMPLES / "people" / "astronaut.jpg").convert(mode)
    whole = encoded(photograph, "jpeg")
    cut = whole[: int(len(whole) * share)].rstrip(b"\xff") + b"\xff\xd9"

    assert rendered(whole, width=width)
    with pytest.raises(NotAnImage):
        rendered(cut, width=width)


@pytest.mark.parametrize("before_it", [b"", b"\xff\xff\xff"])
def test_a_jpeg_that_really_ends_in_grey_is_shown(before_it: bytes) -> None:
    image = quadrants(256, 256)
    image.paste((128, 128, 128), (0, 200, 256, 256))
    original = encoded(image, "jpeg", quality=95)

    result = picture(original[:2] + before_it + original[2:] + b"what a camera left", width=64, format="png")

    assert alike([result.getpixel((32, 60))], [(128, 128, 128)], 2)


def test_more_pixels_than_the_limit_are_refused_before_they_are_decoded() -> None:
    original = encoded(Image.new("1", (30_000, 30_000)), "png")

    with pytest.raises(OriginalTooLarge):
        rendered(original, width=9)


def test_a_frame_that_reaches_beyond_a_gifs_screen_is_cut_off_as_in_browsers() -> None:
    """The header says 1x1; the frame that follows the black one is 2x1, and white."""
    black = b"\x2c\0\0\0\0\1\0\1\0\0" + b"\x02\x02\x44\x01\x00"
    white = b"\x2c\0\0\0\0\2\0\1\0\0" + b"\x02\x02\x4c\x0a\x00"
    original = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + black + white + b"\x3b"

    image = picture(original, width=10)
    image.seek(1)

    assert (image.size, image.n_frames) == ((1, 1), 2)
    assert corners(image) == [(255, 255, 255)] * 4


def test_a_gif_whose_second_frame_outgrows_its_screen_by_far_is_refused() -> None:
    """The header says 1x1; the frame that follows would take 4 GB."""
    pixel = b"\x02\x02\x44\x01\x00"
    frames = [b"\x2c\0\0\0\0" + size + b"\0" + pixel for size in (b"\1\0\1\0", b"\xff\xff\xff\xff")]
    data = b"GIF89a\1\0\1\0\x80\0\0" + b"\0\0\0\xff\xff\xff" + b"".join(frames) + b"\x3b"

    with pytest.raises(OriginalTooLarge):
        rendered(data, width=1, max_pixels=10**6)


def test_a_large_jpeg_of_which_little_must_be_decoded_is_rendered() -> None:
    original = encoded(Image.new("L", (8000, 8000), 99), "jpeg")

    assert picture(original, width=100, max_pixels=2_000_000).size == (100, 100)


@pytest.mark.parametrize("target", ["jpeg", "webp"])
def test_what_is_too_big_is_encoded_at_a_lower_quality(target: str) -> None:
    noise = Image.effect_noise((500, 500), 90).convert("RGB")
    original = encoded(noise, "png")
    free = rendered(original, format=target)

    tight = rendered(original, format=target, max_body=len(free.body) * 9 // 10)

    assert len(tight.body) <= len(free.body) * 9 // 10
    assert (tight.quality or 0) < (free.quality or 0)


def test_an_avif_that_would_take_too_long_comes_as_webp() -> None:
    assert picture(encoded(Image.new("L", (2100, 2000)), "png"), format="avif").format == "WEBP"


@pytest.mark.parametrize(
    ("kind", "mode", "frames", "becomes"),
    [
        ("png", "RGB", 1, "JPEG"),
        ("png", "RGBA", 1, "WEBP"),
        ("gif", "L", 1, "JPEG"),
        ("gif", "L", 3, "WEBP"),
        ("png", "RGB", 3, "WEBP"),
    ],
)
def test_what_has_no_quality_to_lower_comes_in_a_format_that_has(
    kind: str, mode: str, frames: int, becomes: str
) -> None:
    noise = [Image.effect_noise((300, 300), 70 + index).convert("RGB").convert(mode) for index in range(frames)]
    if mode == "RGBA":
        noise[0].putalpha(200)
    options = {"save_all": True, "append_images": noise[1:], "duration": 100} if frames > 1 else {}

    image = picture(encoded(noise[0], kind, **options), width=290, max_body=49_000 * frames)

    assert (image.format, image.size, getattr(image, "n_frames", 1)) == (becomes, (290, 290), frames)


@pytest.fixture
def encodings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The formats that were encoded, in turn."""
    from edge.imaging import encode

    seen: list[str] = []
    real = encode._encoded

    def counted(animation: Any, target: str, quality: int | None) -> bytes:
        seen.append(target)
        return real(animation, target, quality)

    monkeypatch.setattr(encode, "_encoded", counted)
    return seen


@pytest.mark.parametrize("target", ["jpeg", "webp", "avif"])
def test_what_fits_at_no_quality_comes_as_it_was_asked_for_and_is_not_tried_again(
    target: str, encodings: list[str]
) -> None:
    original = encoded(Image.effect_noise((300, 300), 90), "png")

    result = rendered(original, width=300, format=target, quality=90, max_body=999)

    assert (result.way, result.quality, result.content_type) == ("stored", 90, f"image/{target}")
    assert len(result.body) > 999
    assert encodings == [target]


def test_a_png_that_was_asked_for_is_a_png_whatever_its_size(encodings: list[str]) -> None:
    noise = Image.effect_noise((300, 300), 90)

    result = rendered(encoded(noise, "png"), width=300, format="png", max_body=60_000)

    assert (result.way, result.content_type, encodings) == ("stored", "image/png", ["png"])
    assert Image.open(io.BytesIO(result.body)).tobytes() == noise.tobytes()


@pytest.mark.parametrize(
    ("options", "max_body", "way"),
    [
        ({"format": "jpeg"}, 60_000, ""),
        ({"format": "jpeg"}, 45_000, "lowered"),
        ({"format": "jpeg"}, 5_000, "stored"),
        ({}, 95_000, ""),
        ({}, 60_000, "converted"),
        ({}, 45_000, "converted"),
        ({}, 5_000, "stored"),
        ({"format": "png"}, 95_000, ""),
        ({"format": "png"}, 60_000, "stored"),
    ],
)
def test_the_way_says_how_a_rendition_came_to_fit(options: dict[str, Any], max_body: int, way: str) -> None:
    original = encoded(Image.effect_noise((300, 300), 90), "png")

    result = rendered(original, width=300, max_body=max_body, **options)

    assert result.way == way
    assert (len(result.body) <= max_body) is (way != "stored")


def moving(kind: str, colours: Sequence[Any] = (RED, GREEN, BLUE, YELLOW), **options: Any) -> bytes:
    frames = [Image.new("RGB", (60, 40), colour) for colour in colours]
    return encoded(frames[0], kind, save_all=True, append_images=frames[1:], **{"duration": 100} | options)


def played(image: Image.Image) -> list[tuple[float, tuple[int, ...]]]:
    """Duration and colour of each frame."""
    seen: list[tuple[float, Any]] = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        image.load()
        seen.append((image.info.get("duration", 0), image.convert("RGB").getpixel((5, 5))))
    return seen


@pytest.mark.parametrize("kind", ["gif", "webp", "png"])
def test_durations_that_browsers_have_their_own_mind_about_are_kept(kind: str) -> None:
    image = picture(moving(kind, duration=[0, 10, 50, 700], loop=0), width=30)

    assert [duration for duration, _ in played(image)] == [0, 10, 50, 700]


def test_durations_that_are_no_whole_milliseconds_add_up() -> None:
    original = moving("png", duration=[100 / 3] * 4, loop=0)

    assert sum(duration for duration, _ in played(picture(original, width=30))) == pytest.approx(400 / 3)
    assert sum(duration for duration, _ in played(picture(original, width=30, format="webp"))) == 133
    assert sum(duration for duration, _ in played(picture(original, width=30, format="avif"))) == 132


def test_a_frame_may_last_longer_than_png_counts_in_milliseconds() -> None:
    original = moving("webp", duration=[70_123] * 4, loop=0)

    assert [duration for duration, _ in played(picture(original, width=30, format="png"))] == [70_000] * 4


def test_a_gif_that_stands_still_for_longer_than_a_frame_may_last_comes_as_webp() -> None:
    original = moving("webp", [RED, RED, RED, GREEN], duration=[600_000, 600_000, 1000, 500], lossless=True)
    gif = moving("gif", [RED, GREEN, BLUE], duration=[400_000, 400_000, 500])

    assert [time for time, _ in played(picture(original, width=30))] == [1_201_000, 500]
    assert [time for time, _ in played(picture(gif, width=30))] == [400_000, 400_000, 500]
    assert rendered(gif, width=30).content_type == "image/webp"


def test_an_animation_for_ever_is_one_as_avif_too() -> None:
    image = picture(moving("gif", loop=0), width=30, format="avif")

    assert image.format == "AVIF"
    assert alike([colour for _, colour in played(image)], UPRIGHT, 20)


def test_an_animation_that_ends_comes_as_webp_where_avif_would_never_end() -> None:
    image = picture(moving("gif", loop=2), width=30, format="avif")

    assert (image.format, image.info["loop"]) == ("WEBP", 3)


def test_the_picture_for_those_who_cannot_show_an_apng_is_not_a_frame() -> None:
    original = moving("png", default_image=True)

    assert alike([colour for _, colour in played(picture(original, width=30))], UPRIGHT[1:])
    assert alike([colour for _, colour in played(picture(original, width=30, format="jpeg"))], UPRIGHT[:1])


@pytest.mark.parametrize("target", ["gif", "webp", "avif", "png"])
def test_nothing_of_the_frame_before_shines_through_a_transparent_one(target: str) -> None:
    frames = []
    for left in (0, 20, 40):
        frames.append(Image.new("RGBA", (60, 40)))
        ImageDraw.Draw(frames[-1]).rectangle((left, 0, left + 19, 39), fill=RED)
    original = encoded(frames[0], "gif", save_all=True, append_images=frames[1:], loop=0, duration=90, disposal=2)

    image = picture(original, width=30, format=None if target == "gif" else target)

    for index in range(3):
        image.seek(index)
        opaque = [image.convert("RGBA").getchannel("A").getpixel((x, 10)) > 127 for x in (5, 15, 25)]  # type: ignore[operator]
        assert opaque == [index == 0, index == 1, index == 2]


def test_what_is_only_cropped_is_not_blurred() -> None:
    noise = Image.effect_noise((100, 41), 80)

    assert picture(encoded(noise, "png"), width=61, height=41).tobytes() == noise.crop((19, 0, 80, 41)).tobytes()


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "P"])
def test_a_profile_counts_in_every_mode(mode: str) -> None:
    image = Image.new("RGBA", (40, 40), (55, 55, 55, 200)).convert("RGB" if mode == "P" else "RGBA").convert(mode)
    original = encoded(image, "png", icc_profile=_linear_profile())

    result = picture(original, width=20)

    assert result.mode == mode.replace("P", "RGB")
    assert alike([result.convert("RGB").getpixel((5, 5))], [(128, 128, 128)], 6)
    assert "A" not in mode or result.getchannel("A").getpixel((5, 5)) == 200


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_profile_broken_in_any_way_stops_nothing(data: st.DataObject) -> None:
    profile = bytearray(_linear_profile())
    for _ in range(data.draw(st.integers(1, 6))):
        profile[data.draw(st.integers(0, len(profile) - 1))] = data.draw(st.integers(0, 255))

    assert picture(encoded(quadrants(20, 20), "png", icc_profile=bytes(profile)), width=10).size == (10, 10)


@pytest.mark.parametrize(
    ("mode", "colour"), [(0, b"\xea\x60"), (2, b"\xea\x60\x07\xd0\x03\xe8")], ids=["grey", "colour"]
)
def test_the_colour_that_16_bits_call_transparent_is(mode: int, colour: bytes) -> None:
    rows = (b"\0" + colour * 4 + b"\1\1" * (len(colour) // 2) * 4) * 8
    header = struct.pack(">IIBBBBB", 8, 8, 16, mode, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"tRNS", colour), (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    packed = [struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in chunks]

    alpha = picture(b"\x89PNG\r\n\x1a\n" + b"".join(packed), width=8).getchannel("A")

    assert (alpha.getpixel((1, 4)), alpha.getpixel((6, 4))) == (0, 255)


def test_alpha_that_no_pixel_needs_is_left_out() -> None:
    assert picture(encoded(quadrants(mode="RGBA"), "png"), width=60).mode == "RGB"


def test_a_progressive_jpeg_is_counted_whole_for_so_it_is_decoded() -> None:
    grey = Image.new("L", (2000, 2000), 99)

    assert picture(encoded(grey, "jpeg"), width=100, max_pixels=10**6).size == (100, 100)
    with pytest.raises(OriginalTooLarge):
        rendered(encoded(grey, "jpeg", progressive=True), width=100, max_pixels=10**6)


def test_a_webp_whose_canvas_alone_is_too_large_is_refused_before_it_takes_the_memory() -> None:
    image = bytearray(moving("webp"))
    image[24:30] = b"\xff\x3f\0\xff\x3f\0"

    with pytest.raises(OriginalTooLarge):
        rendered(bytes(image), width=9)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_pixels_that_no_browser_shows_are_no_image(mode: str) -> None:
    with pytest.raises(NotAnImage):
        rendered(encoded(Image.new(mode, (9, 9), 1), "tiff"), width=5)


@pytest.mark.parametrize("tightness", [0.8, 0.65])
@pytest.mark.parametrize("target", ["jpeg", "webp", "avif"])
def test_a_lower_quality_is_not_lower_than_it_must(target: str, tightness: float) -> None:
    original = encoded(Image.open(SAMPLES / "coffee.webp"), "png")
    limit = int(len(rendered(original, format=target).body) * tightness)

    assert limit * 0.6 < len(rendered(original, format=target, max_body=limit).body) <= limit


KINDS = ("jpeg", "png", "gif", "webp", "avif", "tiff", "bmp")
WHOLE = {kind: encoded(Image.effect_noise((64, 64), 60).convert("RGB"), kind) for kind in KINDS}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9])
def test_a_truncated_file_is_an_error_and_never_half_a_picture(kind: str, kept: float) -> None:
    data = WHOLE[kind]

    with pytest.raises(NotAnImage):
        rendered(data[: int(len(data) * kept)], width=9)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), share=st.floats(0, 1, exclude_max=True))
def test_wherever_a_file_ends_too_early_it_is_refused_or_complete(kind: str, share: float) -> None:
    whole = picture(WHOLE[kind], width=9, format="png")

    with suppress(NotAnImage):
        assert picture(WHOLE[kind][: int(len(WHOLE[kind]) * share)], width=9, format="png") == whole


@pytest.mark.parametrize("data", [b"", b"plain text", b"%PDF-1.7", b"<html>", b"\xff\xd8\xff", b"GIF89a"])
def test_what_is_not_an_image_is_said_to_be_none(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        rendered(data, width=9)


@settings(max_examples=150, deadline=None)
@given(kind=st.sampled_from(KINDS), data=st.data())
def test_flipped_bytes_raise_nothing_else(kind: str, data: st.DataObject) -> None:
    broken = bytearray(WHOLE[kind])
    for _ in range(data.draw(st.integers(1, 4))):
        broken[data.draw(st.integers(0, len(broken) - 1))] ^= data.draw(st.integers(1, 255))

    with suppress(ImageError):
        render(bytes(broken), Rendition(width=9), max_pixels=10**6, max_frames=9, max_dimension=99, max_body=10**5)


def _linear_profile() -> bytes:
    """sRGB's primaries with linear light, made from Pillow's own profile by exchanging its curves."""
    named = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    profile = bytearray(named.replace("sRGB".encode("utf-16-be"), "Line".encode("utf-16-be")))
    at = profile.index(b"para\0\0\0\0")
    profile[at : at + 16] = b"para\0\0\0\0\0\0\0\0" + (1 << 16).to_bytes(4, "big")
    return bytes(profile)
