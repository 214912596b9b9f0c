"""The originals of the benchmark: photographs of several sizes and formats, and pictures to compare qualities.

The samples contain no large photograph, and an enlarged photograph has no fine detail to decode or to preserve. The
large originals are therefore one enlarged sample, combined with the fine detail of other samples at their native
sharpness. As JPEGs of quality 90 they have about as many bits per pixel as the samples.
"""

import random
from functools import cache
from pathlib import Path
from typing import Final

from PIL import Image, ImageChops, ImageFilter, ImageOps

from bench import drawings
from bench.image_files import write_image

_ROOT: Final = Path(__file__).parents[1]
_FOLDER: Final = _ROOT / "build" / "bench" / "originals"
_SAMPLES: Final = _ROOT / "samples"

SIZES: Final = {0.3: (640, 523), 6: (2725, 2225), 24: (6000, 4000)}
"""The width and height by megapixels. sharp publishes its own figures for the middle size."""
MAX_MEGAPIXELS: Final = 100
"""The megapixels of the largest original: the default of the configuration key `maxPixels`, divided by a million."""
_MAX_SIZE: Final = (10_000, 10_000)
FORMATS: Final = ("jpeg", "png", "webp")
"""The formats that the benchmark compares with the peers."""
_ANIMATION_FRAMES: Final = 100

_TILE: Final = 200
"""The side of a tile, in pixels. Each tile shows a random part of a random sample."""
_BLUR_RADIUS: Final = 8
"""The radius of the blur, in pixels. Coarser detail is from the enlarged photograph, finer detail from the tiles."""


def photograph_path(kind: str, megapixels: float) -> Path:
    """Return the path of the photograph as a file of the kind `kind`. If the file is missing, create it.

    `kind` is a key of `image_files.LABELS`, and `megapixels` a key of `SIZES` or `MAX_MEGAPIXELS`.
    """
    path = _FOLDER / f"photograph-{megapixels}.{kind}"
    if not path.exists():
        write_image(_photograph(megapixels), path, kind)
    return path


def animation_path() -> Path:
    """Return the path of a GIF of 100 frames of 500x500 pixels, parts of the photograph. Create a missing file.

    The default of `maxPixels` just allows a rendition of the same size: docs/url.md says how frames count.
    """
    path = _FOLDER / "animation.gif"
    if not path.exists():
        photograph = _photograph(6)
        corners = range(0, 4 * _ANIMATION_FRAMES, 4)  # Each frame begins four pixels farther down and to the right.
        first, *others = [photograph.crop((corner, corner, corner + 500, corner + 500)) for corner in corners]
        write_image(first, path, "gif", save_all=True, append_images=others, duration=40, loop=0)
    return path


@cache
def picture_paths(kind: str) -> list[Path]:
    """Return the paths of the pictures of a kind: `photographs`, `drawings` or `text`. Create the missing files.

    The files are PNGs without transparency, so that every peer decodes the same pixels.
    """
    makers = {"photographs": _photographs, "drawings": _drawings, "text": drawings.text_pages}
    paths: list[Path] = []
    for number, image in enumerate(makers[kind]()):
        paths.append(_FOLDER / f"{kind}-{number}.png")
        if not paths[-1].exists():
            write_image(image, paths[-1], "png")
    return paths


def _photograph(megapixels: float) -> Image.Image:
    if megapixels < 1:  # Usual small photographs are reduced, and so sharp in every pixel.
        return _photograph(6).resize(SIZES[megapixels], Image.Resampling.LANCZOS)
    if megapixels == MAX_MEGAPIXELS:  # With finer detail, a PNG of this size would exceed the default of `maxBytes`.
        return _photograph(6).resize(_MAX_SIZE, Image.Resampling.NEAREST)
    size = SIZES[megapixels]
    coarse = ImageOps.fit(_load_sample("coffee.webp"), size, Image.Resampling.BICUBIC)
    tiles = _random_tiles(size)
    fine = ImageChops.subtract(tiles, tiles.filter(ImageFilter.GaussianBlur(_BLUR_RADIUS)), offset=128)
    return ImageChops.add(coarse, fine, offset=-128)


def _random_tiles(size: tuple[int, int]) -> Image.Image:
    generator = random.Random(1)  # noqa: S311  # The fixed seed makes the same picture in every run.
    names = ("people/astronaut.jpg", "coffee.webp", "chelsea.png", "rocket.gif")
    photographs = [_load_sample(name) for name in names]
    canvas = Image.new("RGB", size)
    for top in range(0, size[1], _TILE):
        for left in range(0, size[0], _TILE):
            source = generator.choice(photographs)
            x, y = generator.randrange(source.width - _TILE), generator.randrange(source.height - _TILE)
            tile = source.crop((x, y, x + _TILE, y + _TILE))
            canvas.paste(ImageOps.mirror(tile) if generator.random() < 0.5 else tile, (left, top))
    return canvas


def _load_sample(name: str) -> Image.Image:
    """Return a sample, upright and without a transparent edge. Reduce it first, because some samples are enlarged."""
    with Image.open(_SAMPLES / name) as file:
        image = ImageOps.exif_transpose(file)
    image.thumbnail((1000, 1000), Image.Resampling.LANCZOS)
    if image.has_transparency_data:
        width, height = image.size
        image = image.crop((width // 10, height // 10, width * 9 // 10, height * 9 // 10))
    return image.convert("RGB")


def _photographs() -> list[Image.Image]:
    names = ("people/astronaut.jpg", "coffee.webp", "chelsea.png", "rocket.gif", "hubble_deep_field.jpg")
    with Image.open(photograph_path("png", 6)) as large:
        return [*(_load_sample(name) for name in names), large.copy()]


def _drawings() -> list[Image.Image]:
    with Image.open(_SAMPLES / "arc_banner.png") as banner:
        composed = Image.new("RGB", banner.size, "white")
        composed.paste(banner, mask=banner.getchannel("A"))
    return [composed, *drawings.drawings()]
