"""The declared response headers policy, applied to what goes out to the viewer."""

from typing import Any

_SECURITY = {
    "contentSecurityPolicy": ("content-security-policy", "contentSecurityPolicy"),
    "frameOptions": ("x-frame-options", "frameOption"),
    "referrerPolicy": ("referrer-policy", "referrerPolicy"),
}


def apply(policy: dict[str, Any], headers: dict[str, str], *, origin: str | None, timing: str) -> None:
    """Changes `headers`. `origin` is the viewer's Origin header, `timing` what CloudFront itself would report."""
    for item in policy.get("removeHeadersConfig", {}).get("items", []):
        headers.pop(item["header"].lower(), None)
    for item in policy.get("customHeadersConfig", {}).get("items", []):
        if item["override"] or item["header"].lower() not in headers:
            headers[item["header"].lower()] = item["value"]
    _secure(policy.get("securityHeadersConfig", {}), headers)
    if origin and (cors := policy.get("corsConfig")):
        _share(cors, headers, origin)
    if policy.get("serverTimingHeadersConfig", {}).get("enabled"):
        own = headers.get("server-timing")
        headers["server-timing"] = f"{own}, {timing}" if own else timing


def _secure(config: dict[str, Any], headers: dict[str, str]) -> None:
    if config.get("contentTypeOptions"):
        headers["x-content-type-options"] = "nosniff"
    if strict := config.get("strictTransportSecurity"):
        parts = [f"max-age={strict['accessControlMaxAgeSec']}"]
        parts += ["includeSubDomains"] * bool(strict.get("includeSubdomains")) + ["preload"] * bool(
            strict.get("preload")
        )
        headers["strict-transport-security"] = "; ".join(parts)
    for name, (header, field) in _SECURITY.items():
        if name in config and (config[name]["override"] or header not in headers):
            headers[header] = config[name][field]


def _share(cors: dict[str, Any], headers: dict[str, str], origin: str) -> None:
    allowed = cors["accessControlAllowOrigins"]["items"]
    if "*" in allowed or origin in allowed:
        headers["access-control-allow-origin"] = "*" if "*" in allowed else origin
        exposed = cors.get("accessControlExposeHeaders", {}).get("items", [])
        if exposed:
            headers["access-control-expose-headers"] = ", ".join(exposed)
