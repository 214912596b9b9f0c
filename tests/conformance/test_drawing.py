from PIL import ImageFont

from conformance.drawing import wrap_text

FONT = ImageFont.load_default(11)


def test_wrap_text_keeps_every_word_and_fits_the_width() -> None:
    text = "accepted: gray JPEG of 20000x14000, which can be decoded at a reduced size"

    lines = wrap_text(text, FONT, 120)

    assert " ".join(lines) == text
    assert all(FONT.getlength(line) <= 120 for line in lines)


def test_wrap_text_breaks_a_part_that_is_too_wide() -> None:
    lines = wrap_text("?width=300&background=ffcc00", FONT, 60, breaks="&")

    assert "".join(lines) == "?width=300&background=ffcc00"
    assert all(FONT.getlength(line) <= 60 for line in lines)
