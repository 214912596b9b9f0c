"""Build origin-response events, and the values that the edge function reads from them."""

import copy
import json
from pathlib import Path
from typing import Any

from edge.event import Request
from edge.settings import Settings

_EVENT = json.loads((Path(__file__).parents[1] / "events" / "origin_response.json").read_text())
SETTINGS = Settings.parse(Request.parse(_EVENT).settings)
"""The settings in the events."""


def origin_event(query: str = "", *, method: str = "GET", status: int = 200, uri: str = "", **headers: str) -> Any:
    """Return an event in CloudFront's format. `headers` are headers from S3; write `_` for `-` in their names."""
    event = copy.deepcopy(_EVENT)
    cf = event["Records"][0]["cf"]
    cf["request"].update(method=method, querystring=query, uri=uri or cf["request"]["uri"])
    cf["response"]["status"] = str(status)
    for name, value in headers.items():
        cf["response"]["headers"][name.replace("_", "-")] = [{"key": name, "value": value}]
    return event


def edge_request(query: str = "", **options: Any) -> Request:
    """Return the request of the event that `origin_event` returns for these arguments."""
    return Request.parse(origin_event(query, **options))
