"""Writes a whole dashboard as an HTML page without other files: the charts are SVG pictures inside the page."""

import base64
import html
import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from ops.aws.dashboards import WidgetData
from ops.drawing.charts import format_value
from ops.drawing.picture import draw_widget_alone

_STYLE: Final = """
body { margin: 1rem; background: #f2f3f3; color: #16191f; font: 14px/1.5 system-ui, sans-serif }
main { display: grid; grid-template-columns: repeat(24, 1fr); grid-auto-rows: 42px; gap: 8px }
section { background: #fff; border: 1px solid #d5dbdb; border-radius: 4px; padding: 6px 12px; overflow: auto }
h1, h2 { margin: 0; font-size: 1.3em } h2 { font-size: 1.1em } h3 { margin: 0; font-size: 1em }
p { margin: 0 0 .4em } img { width: 100%; height: calc(100% - 24px) }
@media (max-width: 900px) { main { display: block } section { margin-bottom: 8px; min-height: 260px } }
"""


def write_page(path: Path, title: str, widgets: Sequence[WidgetData]) -> None:
    """Write the page. Raises OSError if the file cannot be written."""
    sections = "\n".join(_section(widget) for widget in widgets)
    path.write_text(
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{_STYLE}</style>\n<p>{html.escape(title)}</p>\n"
        f"<main>\n{sections}\n</main>\n</html>\n",
        encoding="utf-8",
    )


def _section(widget: WidgetData) -> str:
    place = f"grid-column: {widget.x + 1} / span {widget.width}; grid-row: {widget.y + 1} / span {widget.height}"
    return f'<section style="{place}">{_text(widget) if widget.kind == "text" else _chart(widget)}</section>'


def _chart(widget: WidgetData) -> str:
    buffer = io.BytesIO()
    draw_widget_alone(widget).savefig(buffer, format="svg", metadata={"Date": None})
    newest = [f"{line.label} {format_value(line.values[-1])}" for line in widget.series if line.values]
    alternative = ", ".join(newest) or widget.error or "no data"
    picture = base64.b64encode(buffer.getvalue()).decode()
    return (
        f"<h3>{html.escape(str(widget.properties.get('title', '')))}</h3>"
        f'<img alt="{html.escape(alternative)}" src="data:image/svg+xml;base64,{picture}">'
    )


def _text(widget: WidgetData) -> str:
    return "".join(_line(line) for line in str(widget.properties.get("markdown", "")).splitlines() if line)


def _line(line: str) -> str:
    """Return a line of Markdown as HTML. Only headings, links to https, code and bold text are converted."""
    text = html.escape(line)
    text = re.sub(r"\[([^\]]*)\]\((https://[^)\s]*)\)", r'<a href="\2">\1</a>', text)
    text = re.sub(r"`([^`]*)`", r"<code>\1</code>", text)
    text = re.sub(r"\*\*(.*?)\*\*", r"<b>\1</b>", text)
    heading = re.match(r"(#{1,2}) ", text)
    return f"<h{len(heading[1])}>{text[len(heading[0]) :]}</h{len(heading[1])}>" if heading else f"<p>{text}</p>"
