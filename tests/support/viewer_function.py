"""Run the viewer function in QuickJS, and in njs, which refuses the syntax that CloudFront's runtime refuses."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import quickjs

from local.cloudfront import events
from local.cloudfront.messages import Request

CODE = (Path(__file__).parents[2] / "edge" / "viewer_request.js").read_text()
DISTRIBUTION = {"distributionDomainName": "d1.cloudfront.net", "distributionId": "E1"}


def event(query: str = "", *, uri: str = "/a.jpg", **headers: str) -> dict[str, Any]:
    """Return the event that CloudFront passes to the viewer function."""
    request = Request(method="GET", uri=uri, query=query, headers=headers, ip="192.0.2.1")
    return events.viewer_request(request, distribution=DISTRIBUTION, request_id="r")


def run(engine: str, limits: dict[str, Any], viewer_event: dict[str, Any]) -> dict[str, Any]:
    """Return the request or the response that the viewer function returns. `engine` is "quickjs" or "njs"."""
    code = f"const LIMITS = {json.dumps(limits)};\n{CODE}"
    call = f"JSON.stringify(handler(JSON.parse({json.dumps(json.dumps(viewer_event))})))"
    if engine == "quickjs":
        return json.loads(quickjs.Context().eval(f"'use strict';\n{code}\n{call}"))
    return json.loads(_njs(f"{code}\nconsole.log({call});"))


def engines() -> list[Any]:
    """Return both engines as test parameters. If njs is not installed, its tests are skipped, but in CI they fail."""
    should_skip = shutil.which("njs") is None and "CI" not in os.environ
    return ["quickjs", pytest.param("njs", marks=pytest.mark.skipif(should_skip, reason="njs is not installed"))]


def _njs(code: str) -> str:
    completed = subprocess.run(["njs", "-t", "module", "-"], input=code, capture_output=True, text=True, check=False)
    assert completed.returncode == 0, completed.stdout + completed.stderr
    return completed.stdout
