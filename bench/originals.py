"""The originals that are measured: photographs of three sizes, and pictures of three kinds for the qualities.

No large photograph is among the samples, and one enlarged has no detail to decode or to keep. So the large ones are a
photograph enlarged, whose missing fine detail is that of the others at their native sharpness. As JPEG of quality 90
they take about as many bits per pixel as the samples themselves do.
"""

import random
from functools import cache
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont, ImageOps

_ROOT: Final = Path(__file__).parents[1]
_FOLDER: Final = _ROOT / "build" / "bench" / "originals"
_SAMPLES: Final = _ROOT / "samples"

SIZES: Final = {0.3: (640, 523), 6: (2725, 2225), 24: (6000, 4000)}
"""By megapixels. The middle one is the size that sharp publishes its own figures for."""
_SAVED: Final[dict[str, dict[str, Any]]] = {
    "jpeg": {"quality": 90, "subsampling": "4:2:0"},
    "png": {},
    "webp": {"quality": 90},
}
FORMATS: Final = tuple(_SAVED)

_TILE: Final = 200
"""Pixels; each shows another part of another photograph."""
_COARSE: Final = 8
"""Pixels, a blur's radius: what is coarser than it comes from the enlarged photograph, what is finer from the tiles."""


def photograph(kind: str, megapixels: float) -> Path:
    """A file of that format and size, made if it is not there yet."""
    path = _FOLDER / f"photograph-{megapixels}.{kind}"
    if not path.exists():
        _save(_photograph(megapixels), path, kind)
    return path


def _save(image: Image.Image, path: Path, kind: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"unfinished-{path.name}")
    image.save(unfinished, kind, **_SAVED[kind])
    unfinished.rename(path)


def _photograph(megapixels: float) -> Image.Image:
    if megapixels < 1:  # what a camera makes smaller is sharp in every pixel
        return _photograph(6).resize(SIZES[megapixels], Image.Resampling.LANCZOS)
    size = SIZES[megapixels]
    coarse = ImageOps.fit(_sample("coffee.webp"), size, Image.Resampling.BICUBIC)
    tiles = _tiles(size)
    fine = ImageChops.subtract(tiles, tiles.filter(ImageFilter.GaussianBlur(_COARSE)), offset=128)
    return ImageChops.add(coarse, fine, offset=-128)


def _tiles(size: tuple[int, int]) -> Image.Image:
    chance = random.Random(1)  # noqa: S311  # the same at every run
    names = ("people/astronaut.jpg", "coffee.webp", "chelsea.png", "rocket.gif")
    photographs = [_sample(name) for name in names]
    whole = Image.new("RGB", size)
    for top in range(0, size[1], _TILE):
        for left in range(0, size[0], _TILE):
            source = chance.choice(photographs)
            x, y = chance.randrange(source.width - _TILE), chance.randrange(source.height - _TILE)
            tile = source.crop((x, y, x + _TILE, y + _TILE))
            whole.paste(ImageOps.mirror(tile) if chance.random() < 0.5 else tile, (left, top))
    return whole


def _sample(name: str) -> Image.Image:
    """Upright, not enlarged as one of them is stored, and without its soft edge if it has one."""
    with Image.open(_SAMPLES / name) as file:
        image = ImageOps.exif_transpose(file)
    image.thumbnail((1000, 1000), Image.Resampling.LANCZOS)
    if image.has_transparency_data:
        width, height = image.size
        image = image.crop((width // 10, height // 10, width * 9 // 10, height * 9 // 10))
    return image.convert("RGB")


def opened(path: Path) -> Image.Image:
    """A context, and nothing decoded yet."""
    return Image.open(path)


@cache
def pictures(kind: str) -> list[Path]:
    """`photographs`, `drawings` or `text`: PNG files without transparency, so that every peer decodes the same."""
    makers = {"photographs": _photographs, "drawings": _drawings, "text": _texts}
    paths: list[Path] = []
    for number, image in enumerate(makers[kind]()):
        paths.append(_FOLDER / f"{kind}-{number}.png")
        if not paths[-1].exists():
            _save(image, paths[-1], "png")
    return paths


def _photographs() -> list[Image.Image]:
    names = ("people/astronaut.jpg", "coffee.webp", "chelsea.png", "rocket.gif", "hubble_deep_field.jpg")
    with Image.open(photograph("png", 6)) as twin:
        return [*(_sample(name) for name in names), twin.copy()]


def _drawings() -> list[Image.Image]:
    with Image.open(_SAMPLES / "arc_banner.png") as banner:
        ground = Image.new("RGB", banner.size, "white")
        ground.paste(banner, mask=banner.getchannel("A"))
    return [ground, _smooth(_diagram), _smooth(_landscape), _smooth(_pattern)]


def _smooth(draw: Any) -> Image.Image:
    """Drawn twice as large, for smooth edges."""
    image = Image.new("RGB", (2400, 1600), "#fdfdfb")
    draw(ImageDraw.Draw(image))
    return image.reduce(2)


_COLOURS: Final = ("#1b6ca8", "#e4572e", "#f3a712", "#76b041", "#5b2a86", "#16323f")


def _diagram(draw: ImageDraw.ImageDraw) -> None:
    for number in range(12):
        x, height = 200 + number * 170, 300 + (number * 397) % 900
        draw.rectangle((x, 1400 - height, x + 120, 1400), fill=_COLOURS[number % 6])
        draw.line((x + 60, 1380 - height, x + 230, 1380 - (300 + ((number + 1) * 397) % 900)), fill="#222222", width=6)
    for y in range(200, 1401, 150):
        draw.line((160, y, 2260, y), fill="#c8c8c8", width=3)
    draw.line((160, 1400, 2260, 1400), fill="black", width=8)


def _landscape(draw: ImageDraw.ImageDraw) -> None:
    for y in range(1000):
        draw.line((0, y, 2400, y), fill=(60 + y // 8, 130 + y // 12, 220 - y // 40))
    draw.ellipse((1700, 150, 2000, 450), fill="#ffe08a", outline="#16323f", width=8)
    for number in range(5):
        x = number * 520 - 150
        peak = (x + 400, 420 + number % 3 * 130)
        draw.polygon([(x, 1050), peak, (x + 820, 1050)], fill=_COLOURS[(number * 2) % 6], outline="#16323f", width=10)
    draw.rectangle((0, 1040, 2400, 1600), fill="#76b041")
    for number in range(60):
        x, y = (number * 613) % 2400, 1080 + (number * 271) % 480
        draw.line((x, y, x + 14, y - 60), fill="#3f6b1f", width=6)


def _pattern(draw: ImageDraw.ImageDraw) -> None:
    for row in range(16):
        for column in range(24):
            x, y = column * 100, row * 100
            colour = _COLOURS[(row * 5 + column * 7 + row * column) % 6]
            if (row + column) % 3:
                draw.ellipse((x + 8, y + 8, x + 92, y + 92), fill=colour)
            else:
                draw.polygon([(x + 50, y + 4), (x + 96, y + 96), (x + 4, y + 96)], outline=colour, width=9)


_WORDS: Final = (
    "Every size of every picture is made when it is first asked for, once, at the edge. The first viewer pays for one "
    "resize, everyone after gets it from the cache, and nobody has to know beforehand what sizes there will be. "
)


def _texts() -> list[Image.Image]:
    return [
        _page("#111111", "#ffffff", 34),
        _page("#e8e6e3", "#1e1f26", 42),
        _page("#0b5cad", "#f4f1e8", 56),
        _page("#b3261e", "#ffffff", 28),
    ]


def _page(ink: str, paper: str, height: int) -> Image.Image:
    image = Image.new("RGB", (1200, 900), paper)
    draw = ImageDraw.Draw(image)
    letters = _WORDS * 20
    for y in range(40, 860 - height, round(height * 1.5)):
        line, letters = letters[: 2000 // height], letters[2000 // height :]
        draw.text((50, y), line, fill=ink, font=ImageFont.load_default(height))
    return image
