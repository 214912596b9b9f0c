"""Queries of viewers and their canonical queries: one table that tests the JavaScript and the Python code."""

from dataclasses import dataclass

from common.contract import CHOICES, DEFAULT_QUALITIES, STORED_RENDITIONS_PREFIX

LIMITS = {
    "maxDimension": 4096,
    "sizes": [],
    "format": "auto",
    "formats": ["avif", "webp"],
    "choices": CHOICES,
    "qualities": DEFAULT_QUALITIES,
    "storedPrefix": STORED_RENDITIONS_PREFIX,
}
WEBP = "image/webp,image/apng,*/*;q=0.8"
CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


@dataclass(frozen=True, kw_only=True)
class Case:
    """A query and its result: the canonical query, or in `refused` the parameters that a 400 response names."""

    query: str
    canonical: str = ""
    refused: tuple[str, ...] = ()
    accept: str = "*/*"
    path: str = "/a.jpg"


ACCEPTED = [
    # several spellings of the same rendition
    Case(query="width=50&height=100", canonical="format=original&height=100&width=50"),
    Case(query="height=100&width=50", canonical="format=original&height=100&width=50"),
    Case(query="WIDTH=050&height=100&utm_source=x", canonical="format=original&height=100&width=50"),
    Case(query="dpr=1&width=50&height=100&fit=cover", canonical="format=original&height=100&width=50"),
    Case(
        query="width=50&height=100&position=center&background=ffffff", canonical="format=original&height=100&width=50"
    ),
    Case(query="width=0100", canonical="format=original&width=100"),
    Case(query="&&width=7&&", canonical="format=original&width=7"),
    # no known parameter, or none that changes the image: the original
    Case(query="", canonical=""),
    Case(query="utm_source=x&constructor=1&__proto__=2", canonical=""),
    Case(query="%77idth=5", canonical=""),
    Case(query="dpr=3", canonical=""),
    Case(query="fit=contain", canonical="", accept=WEBP),
    Case(query="position=top&background=ff0000", canonical=""),
    Case(query="format=original", canonical="", accept=WEBP),
    Case(query="format=auto", canonical=""),
    # sides and device pixels
    Case(query="width=1", canonical="format=original&width=1"),
    Case(query="width=4096", canonical="format=original&width=4096"),
    Case(query="width=320&dpr=2", canonical="format=original&width=640"),
    Case(query="width=33&dpr=1.5", canonical="format=original&width=50"),
    Case(query="width=3000&height=1500&dpr=2", canonical="format=original&height=2048&width=4096"),
    Case(query="width=4096&height=1&dpr=3", canonical="format=original&height=1&width=4096"),
    # fit and position
    Case(query="width=9&height=9&fit=Contain", canonical="fit=contain&format=original&height=9&width=9"),
    Case(query="width=9&height=9&fit=fill&position=top", canonical="fit=fill&format=original&height=9&width=9"),
    Case(query="width=9&fit=fill", canonical="format=original&width=9"),
    Case(query="width=9&height=8&position=TOP-LEFT", canonical="format=original&height=8&position=top-left&width=9"),
    Case(query="width=9&position=top", canonical="format=original&width=9"),
    # format, quality, background
    Case(query="format=jpg", canonical="format=jpeg"),
    Case(query="format=PNG&quality=3&width=9", canonical="format=png&width=9"),
    Case(query="quality=100", canonical="format=original&quality=100"),
    Case(query="quality=050&format=webp", canonical="format=webp&quality=50"),
    Case(query="format=jpeg&background=FF00aa", canonical="background=ff00aa&format=jpeg"),
    Case(query="format=jpeg&background=ffffff", canonical="format=jpeg"),
    Case(query="width=9&background=000000", canonical="format=original&width=9"),
    Case(query="format=webp&background=000000", canonical="format=webp"),
    # a quality that changes nothing: the default of the format, or any quality of a lossless format
    Case(query="quality=80&format=jpeg", canonical="format=jpeg"),
    Case(query="quality=075&width=9", canonical="format=webp&width=9", accept=WEBP),
    Case(query="quality=75", canonical="format=webp", accept=WEBP),
    Case(query="quality=56&width=9", canonical="format=avif&width=9", accept=CHROME),
    Case(query="quality=75&width=9", canonical="format=avif&quality=75&width=9", accept=CHROME),
    Case(query="quality=80&width=9", canonical="format=original&width=9"),
    Case(query="quality=80&width=9", canonical="format=original&width=9", path="/b.JPEG"),
    Case(query="quality=80&width=9", canonical="format=original&width=9", path="/a.bmp"),
    Case(query="quality=80&width=9", canonical="format=original&width=9", path="/a.heic"),
    Case(query="quality=75&width=9", canonical="format=original&width=9", path="/a.webp"),
    Case(query="quality=56&width=9", canonical="format=original&width=9", path="/a.avif"),
    Case(query="quality=75&width=9", canonical="format=original&quality=75&width=9"),
    Case(query="quality=80&width=9", canonical="format=original&quality=80&width=9", path="/a"),
    Case(query="quality=80&width=9", canonical="format=original&quality=80&width=9", path="/jpg"),
    Case(query="quality=79&width=9", canonical="format=original&quality=79&width=9", path="/a.bmp"),
    # without the quality, the query would request the original with its metadata
    Case(query="quality=80", canonical="format=original&quality=80"),
    Case(query="width=9&quality=3", canonical="format=original&width=9", path="/a.PNG"),
    Case(query="width=9&quality=3", canonical="format=original&width=9", path="/cats/a.b.%67if"),
    Case(query="width=9&quality=3", canonical="format=original&quality=3&width=9", path="/a.png/b.jpeg"),
    Case(query="width=9&quality=3", canonical="format=original&quality=3&width=9", path="/apng"),
    Case(query="quality=3&width=9", canonical="format=webp&quality=3&width=9", path="/a.png", accept=WEBP),
    Case(query="quality=3", canonical="", path="/a.png"),
    Case(query="quality=3&format=original", canonical="", path="/a.gif", accept=WEBP),
    Case(query="quality=3&format=png", canonical="format=png"),
    # negotiation
    Case(query="width=9", canonical="format=webp&width=9", accept=WEBP),
    Case(query="width=9", canonical="format=avif&width=9", accept=CHROME),
    Case(query="width=9", canonical="format=original&width=9", accept="image/*"),
    Case(query="width=9", canonical="format=original&width=9", accept=""),
    Case(query="width=9", canonical="format=webp&width=9", accept=" IMAGE/WebP ; q=0.5"),
    Case(query="width=9", canonical="format=webp&width=9", accept="image/avif;q=0,image/webp"),
    Case(query="width=9", canonical="format=original&width=9", accept="image/webp;q=0.0"),
    Case(query="width=9", canonical="format=original&width=9", accept="image/webp2"),
    Case(query="width=9&format=original", canonical="format=original&width=9", accept=WEBP),
    Case(query="width=9&format=jpeg", canonical="format=jpeg&width=9", accept=WEBP),
]

REFUSED = [
    *(
        Case(query=f"width={value}", refused=("width",))
        for value in (
            *("0", "-1", "1.5", "abc", "", "99999", "4097", "1e3", "%31", "+1", " 1", "0x10", "\u0661", "1,2"),
            *("00", "1&width=1", "1&Width=2", "9" * 400, "NaN", "Infinity", "1%00", "1;2"),
        )
    ),
    Case(query="width", refused=("width",)),
    Case(query="height=0&width=5", refused=("height",)),
    Case(query="quality=0", refused=("quality",)),
    Case(query="quality=101", refused=("quality",)),
    Case(query="dpr=4&width=5", refused=("dpr",)),
    Case(query="dpr=1.50&width=5", refused=("dpr",)),
    Case(query="fit=squeeze&width=5", refused=("fit",)),
    Case(query="position=middle", refused=("position",)),
    Case(query="format=bmp", refused=("format",)),
    Case(query="format=image/webp", refused=("format",)),
    Case(query="background=red", refused=("background",)),
    Case(query="background=%23ffffff", refused=("background",)),
    Case(query="width=0&height=x&fit=", refused=("width", "height", "fit")),
]
