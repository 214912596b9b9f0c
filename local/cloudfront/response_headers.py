"""Applies the declared response headers policy to a response to the viewer."""

from typing import Any, Final

_SECURITY_HEADERS: Final = {
    "contentSecurityPolicy": ("content-security-policy", "contentSecurityPolicy"),
    "frameOptions": ("x-frame-options", "frameOption"),
    "referrerPolicy": ("referrer-policy", "referrerPolicy"),
}
"""For each section of the policy: the name of the header, and the field that contains the value."""


def apply_response_headers(
    policy: dict[str, Any], headers: dict[str, str], *, origin: str | None, server_timing: str
) -> None:
    """Apply the policy to `headers`, which are changed in place.

    `origin` is the viewer's Origin header. `server_timing` is CloudFront's value of the Server-Timing header.
    """
    for item in policy.get("removeHeadersConfig", {}).get("items", []):
        headers.pop(item["header"].lower(), None)
    for item in policy.get("customHeadersConfig", {}).get("items", []):
        if item["override"] or item["header"].lower() not in headers:
            headers[item["header"].lower()] = item["value"]
    _apply_security_headers(policy.get("securityHeadersConfig", {}), headers)
    if origin and (cors := policy.get("corsConfig")):
        _apply_cors(cors, headers, origin)
    if policy.get("serverTimingHeadersConfig", {}).get("enabled"):
        function_timing = headers.get("server-timing")
        headers["server-timing"] = f"{function_timing}, {server_timing}" if function_timing else server_timing


def _apply_security_headers(config: dict[str, Any], headers: dict[str, str]) -> None:
    if config.get("contentTypeOptions"):
        headers["x-content-type-options"] = "nosniff"
    if hsts := config.get("strictTransportSecurity"):
        directives = [f"max-age={hsts['accessControlMaxAgeSec']}"]
        if hsts.get("includeSubdomains"):
            directives.append("includeSubDomains")
        if hsts.get("preload"):
            directives.append("preload")
        headers["strict-transport-security"] = "; ".join(directives)
    for section, (header, field) in _SECURITY_HEADERS.items():
        if section in config and (config[section]["override"] or header not in headers):
            headers[header] = config[section][field]


def _apply_cors(cors: dict[str, Any], headers: dict[str, str], origin: str) -> None:
    allowed = cors["accessControlAllowOrigins"]["items"]
    if "*" in allowed or origin in allowed:
        headers["access-control-allow-origin"] = "*" if "*" in allowed else origin
        exposed = cors.get("accessControlExposeHeaders", {}).get("items", [])
        if exposed:
            headers["access-control-expose-headers"] = ", ".join(exposed)
