"""CloudFront's API for the invalidations of one distribution: create, get and list, in the REST and XML of boto3.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final
from xml.etree import ElementTree as ET

from local.cloudfront.cache import Cache
from local.cloudfront.messages import Response

_NAMESPACE: Final = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
_PATH: Final = re.compile(r"/2020-05-31/distribution/(?P<distribution>[^/]+)/invalidation(/(?P<id>[^/]+))?")


class ApiError(Exception):
    """An error response of CloudFront's API."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidation:
    """An invalidation, which is completed when it is created, because one machine has no edge locations."""

    caller_reference: str
    items: list[str]
    id: str = field(default_factory=lambda: f"I{secrets.token_hex(7).upper()}")
    created_at: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


class InvalidationApi:
    """The API of one distribution, and the invalidations that were created since the engine started."""

    def __init__(
        self, distribution_id: str, cache: Cache, is_caller_allowed: Callable[[Mapping[str, str], str], bool]
    ) -> None:
        """`is_caller_allowed` takes a request's headers and the action, for example `cloudfront:GetInvalidation`."""
        self._distribution_id = distribution_id
        self._cache = cache
        self._is_caller_allowed = is_caller_allowed
        self.before_create: Callable[[], None] = lambda: None
        """Called before each invalidation is created, so that a test can raise an ApiError instead."""
        self._invalidations: dict[str, Invalidation] = {}

    def serves(self, path: str) -> bool:
        """Return whether a request is for this API instead of the distribution."""
        match = _PATH.fullmatch(path)
        return match is not None and match["distribution"] == self._distribution_id

    def respond(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Response:
        """Return the response to one API call."""
        match = _PATH.fullmatch(path)
        assert match is not None
        try:
            self._check_permission(method, match["id"], headers)
            if method == "POST" and match["id"] is None:
                invalidation = self._create(body)
                return _xml_response(201, _invalidation_xml(invalidation), location=f"{path}/{invalidation.id}")
            if method == "GET" and match["id"] is None:
                return _xml_response(200, _list_xml(self._invalidations))
            return _xml_response(200, _invalidation_xml(self._find(method, match["id"])))
        except ApiError as error:
            element = ET.Element("ErrorResponse", xmlns=_NAMESPACE)
            details = ET.SubElement(element, "Error")
            for name, text in (("Type", "Sender"), ("Code", error.code), ("Message", str(error))):
                ET.SubElement(details, name).text = text
            return _xml_response(error.status, element)

    def _check_permission(self, method: str, id_: str | None, headers: Mapping[str, str]) -> None:
        action = "CreateInvalidation" if method == "POST" else "GetInvalidation" if id_ else "ListInvalidations"
        if not self._is_caller_allowed(headers, f"cloudfront:{action}"):
            raise ApiError(403, "AccessDenied", f"the caller is not allowed to perform cloudfront:{action}")

    def _find(self, method: str, id_: str) -> Invalidation:
        if method != "GET" or id_ not in self._invalidations:
            raise ApiError(404, "NoSuchInvalidation", f"there is no invalidation {id_}")
        return self._invalidations[id_]

    def _create(self, body: bytes) -> Invalidation:
        self.before_create()
        try:
            batch = ET.fromstring(body)  # noqa: S314  # the sender is on this machine
        except ET.ParseError as error:
            raise ApiError(400, "MalformedInput", str(error)) from None
        namespaces = {"": _NAMESPACE}
        items = [path.text or "" for path in batch.findall("Paths/Items/Path", namespaces)]
        invalid = [item for item in items if item[:1] not in ("/", "#")]
        if invalid or not items:
            raise ApiError(400, "InvalidArgument", f"a path must begin with / and a cache tag with #: {invalid}")
        new = Invalidation(caller_reference=batch.findtext("CallerReference", "", namespaces), items=items)
        for earlier in self._invalidations.values():
            if earlier.caller_reference == new.caller_reference:
                if earlier.items == new.items:
                    return earlier
                raise ApiError(
                    400,
                    "InvalidArgument",
                    f"the caller reference {new.caller_reference} was already used with other paths",
                )
        self._cache.invalidate(items)
        self._invalidations[new.id] = new
        return new


def _invalidation_xml(invalidation: Invalidation) -> ET.Element:
    element = ET.Element("Invalidation", xmlns=_NAMESPACE)
    for name, text in (("Id", invalidation.id), ("Status", "Completed"), ("CreateTime", invalidation.created_at)):
        ET.SubElement(element, name).text = text
    batch = ET.SubElement(element, "InvalidationBatch")
    paths = ET.SubElement(batch, "Paths")
    ET.SubElement(paths, "Quantity").text = str(len(invalidation.items))
    items = ET.SubElement(paths, "Items")
    for item in invalidation.items:
        ET.SubElement(items, "Path").text = item
    ET.SubElement(batch, "CallerReference").text = invalidation.caller_reference
    return element


def _list_xml(invalidations: Mapping[str, Invalidation]) -> ET.Element:
    element = ET.Element("InvalidationList", xmlns=_NAMESPACE)
    values = {"Marker": "", "MaxItems": "100", "IsTruncated": "false", "Quantity": str(len(invalidations))}
    for name, text in values.items():
        ET.SubElement(element, name).text = text
    items = ET.SubElement(element, "Items")
    for invalidation in reversed(list(invalidations.values())):
        summary = ET.SubElement(items, "InvalidationSummary")
        for name, text in (("Id", invalidation.id), ("CreateTime", invalidation.created_at), ("Status", "Completed")):
            ET.SubElement(summary, name).text = text
    return element


def _xml_response(status: int, element: ET.Element, **headers: str) -> Response:
    return Response(status=status, headers={"content-type": "text/xml", **headers}, body=ET.tostring(element))
