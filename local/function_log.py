"""The log lines of the functions as text for people. docs/request.md describes the fields of the lines."""

import json
from typing import Any, cast

from local.request_log import printable


def text_of(line: str) -> str:
    """Return a line of a function's log as aligned text. Any other line stays a text, without control characters."""
    fields = _parse(line)
    if fields is None:
        return printable(line)
    text = _refresh_text(fields) if "message" in fields else _edge_text(fields)
    problems = [f"{fields.get('reason', '')}: {fields.get('detail', '')}"] if "reason" in fields else []
    # The lines of a traceback are readable only below each other.
    details = "".join(f"\n  {row}" for row in [*problems, *str(fields.get("traceback", "")).splitlines()])
    return printable(text.rstrip() + details)


def _parse(line: str) -> dict[str, Any] | None:
    """Return the fields of a log line, or None if the line has another form."""
    try:
        fields: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return cast("dict[str, Any]", fields) if isinstance(fields, dict) and "outcome" in fields else None


def _edge_text(fields: dict[str, Any]) -> str:
    """Return one line. The key and the query are last, because their lengths vary."""
    sizes = f"{_size(fields, 'in'):>16} {'->' if 'bytes_out' in fields else '  '} {_size(fields, 'out'):<16}"
    quality = f"quality {fields['quality']}" if "quality" in fields else ""
    target = "?".join(_word(fields, name) for name in ("key", "query") if name in fields)
    notes = f" ({fields['adjustment']})" if "adjustment" in fields else ""
    return f"edge    {_word(fields, 'outcome'):<11} {sizes} {quality:<11} {_time(fields):>12}  {target}{notes}"


def _refresh_text(fields: dict[str, Any]) -> str:
    count = fields.get("keys", 0)
    notes = f" (the first of {count} keys)" if isinstance(count, int) and count > 1 else ""
    kind = f"{_word(fields, 'kind'):<48}"
    return f"refresh {_word(fields, 'outcome'):<11} {kind} {_time(fields):>12}  {_word(fields, 'key')}{notes}"


def _size(fields: dict[str, Any], direction: str) -> str:
    """Return the format and the number of bytes of the original (`in`) or of the rendition (`out`)."""
    number = fields.get(f"bytes_{direction}")
    size = f"{number:,}" if isinstance(number, int) else ""
    return f"{_word(fields, f'format_{direction}')} {size}".strip()


def _time(fields: dict[str, Any]) -> str:
    phases = fields.get("ms")
    milliseconds = cast("dict[str, Any]", phases).get("function") if isinstance(phases, dict) else None
    return f"{milliseconds:,.1f} ms" if isinstance(milliseconds, int | float) else ""


def _word(fields: dict[str, Any], name: str) -> str:
    """Return a field as one line of text."""
    return str(fields.get(name, "")).replace("\n", "\\x0a")
