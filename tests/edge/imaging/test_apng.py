"""The animated PNGs that the pipeline writes: their chunks, frames, durations and loop counts."""

import io
import struct
import zlib
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from conformance.pictures import encode
from edge.imaging.apng import join_frames
from tests.support.renditions import animated, as_vips, decode_rendition, photograph, render_picture


def read_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the content of each chunk, and check its checksum."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    offset = 8
    while offset < len(data):
        length = int.from_bytes(data[offset : offset + 4])
        name, content = data[offset + 4 : offset + 8], data[offset + 8 : offset + 8 + length]
        assert int.from_bytes(data[offset + 8 + length : offset + 12 + length]) == zlib.crc32(name + content)
        yield name, content
        offset += 12 + length


def decode(data: bytes) -> list[tuple[int, Image.Image]]:
    """Return the duration in milliseconds and the pixels of each frame."""
    image = Image.open(io.BytesIO(data))
    frames: list[tuple[int, Image.Image]] = []
    for index in range(getattr(image, "n_frames", 1)):
        image.seek(index)
        frames.append((round(image.info["duration"]), image.copy()))
    return frames


def flat_frames(count: int) -> list[bytes]:
    return [encode(Image.new("L", (3, 2), number * 20), "png") for number in range(count)]


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_frames_are_decoded_as_they_were_written(mode: str) -> None:
    pictures = [photograph(90, 70).rotate(90 * number).convert(mode) for number in range(3)]
    if "A" in mode:
        pictures[1].putalpha(Image.linear_gradient("L").resize((90, 70)))
    files = [as_vips(picture).save("pngsave_target", compression=2) for picture in pictures]

    frames = decode(join_frames(files, [100, 200, 300], 0))

    for (_, frame), picture in zip(frames, pictures, strict=True):
        assert frame.convert("RGBA").tobytes() == picture.convert("RGBA").tobytes()


@settings(max_examples=30, deadline=None)
@given(durations=st.lists(st.integers(0, 65_535), min_size=2, max_size=9), loop_count=st.integers(0, 2**31 - 1))
def test_durations_and_loop_count_are_decoded_as_written(durations: list[int], loop_count: int) -> None:
    data = join_frames(flat_frames(len(durations)), durations, loop_count)

    assert Image.open(io.BytesIO(data)).info["loop"] == loop_count
    assert [duration for duration, _ in decode(data)] == durations


@pytest.mark.parametrize(("duration", "written"), [(65_536, 66_000), (70_123, 70_000), (10**9, 65_535_000)])
def test_longer_duration_is_rounded_to_seconds_and_limited(duration: int, written: int) -> None:
    data = join_frames(flat_frames(2), [duration, 20], 0)

    assert [duration for duration, _ in decode(data)] == [written, 20]


def test_chunks_are_in_the_order_that_decoders_need() -> None:
    body = render_picture(animated("png", duration=50, loop=2), width=30).body

    chunks = list(read_chunks(body))

    names = [name for name, _ in chunks]
    assert names == [b"IHDR", b"acTL", b"fcTL", b"IDAT", *[b"fcTL", b"fdAT"] * 3, b"IEND"]
    assert dict(chunks)[b"acTL"] == struct.pack(">II", 4, 2)


def test_sequence_numbers_count_the_chunks_of_all_frames() -> None:
    """A large frame has several chunks of pixels, and each of them has a number."""
    noise = [Image.effect_noise((200, 200), 90 + number) for number in range(3)]
    files = [as_vips(picture).save("pngsave_target") for picture in noise]

    chunks = list(read_chunks(join_frames(files, [100] * 3, 0)))

    numbered = [content for name, content in chunks if name in (b"fcTL", b"fdAT")]
    assert len(numbered) > 7
    assert [int.from_bytes(content[:4]) for content in numbered] == list(range(len(numbered)))


def test_each_frame_replaces_the_whole_picture() -> None:
    controls = [content for name, content in read_chunks(join_frames(flat_frames(3), [100] * 3, 0)) if name == b"fcTL"]

    assert len(controls) == 3
    for control in controls:
        width, height, left, top, _, _, disposal, blending = struct.unpack(">IIIIHHBB", control[4:])
        assert (width, height, left, top) == (3, 2, 0, 0)
        assert (disposal, blending) == (0, 0)


def test_program_without_animation_shows_the_first_frame() -> None:
    body = render_picture(animated("png"), width=30).body
    removed = b"".join(
        len(content).to_bytes(4) + name + content + zlib.crc32(name + content).to_bytes(4)
        for name, content in read_chunks(body)
        if name not in (b"acTL", b"fcTL", b"fdAT")
    )

    still = Image.open(io.BytesIO(body[:8] + removed))

    still.load()
    assert still.tobytes() == decode(body)[0][1].tobytes()


def test_rendition_of_an_apng_can_be_rendered_again() -> None:
    first = render_picture(animated("png", duration=[100, 200, 50, 700], loop=5), width=30)

    second = decode_rendition(first.body, width=15)

    assert second.info["loop"] == 5
    durations: list[Any] = []
    for index in range(4):
        second.seek(index)
        durations.append(second.info["duration"])
    assert durations == [100, 200, 50, 700]
    assert np.asarray(second).shape == (10, 15, 3)
