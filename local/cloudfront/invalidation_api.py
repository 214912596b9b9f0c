"""CloudFront's API for invalidations of this one distribution: create, get, list. REST and XML, as boto3 speaks it.

https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_CreateInvalidation.html
"""

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from local.cloudfront.cache import Answer, Cache

_NAMESPACE = "http://cloudfront.amazonaws.com/doc/2020-05-31/"
_PATH = re.compile(r"/2020-05-31/distribution/(?P<distribution>[^/]+)/invalidation(/(?P<id>[^/]+))?")


class Refused(Exception):
    """What CloudFront answers with an error."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Invalidation:
    """Done as soon as it is made: one machine has no edge locations to wait for."""

    reference: str
    items: list[str]
    id: str = field(default_factory=lambda: f"I{secrets.token_hex(7).upper()}")
    created: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))


Asked = Callable[[Mapping[str, str], str], bool]


class Invalidations:
    """`may` is asked with a request's headers and the action that it is."""

    def __init__(self, distribution: str, cache: Cache, may: Asked) -> None:
        self._distribution = distribution
        self._cache = cache
        self._may = may
        self._made: dict[str, Invalidation] = {}

    def serves(self, path: str) -> bool:
        """Whether a request is for this API rather than for the distribution."""
        match = _PATH.fullmatch(path)
        return match is not None and match["distribution"] == self._distribution

    def answer(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One API call."""
        match = _PATH.fullmatch(path)
        assert match is not None
        try:
            self._ask(method, match["id"], headers)
            if method == "POST" and match["id"] is None:
                made = self._create(body)
                return _xml(201, self._element(made), location=f"{path}/{made.id}")
            if method == "GET" and match["id"] is None:
                return _xml(200, self._list())
            return _xml(200, self._element(self._found(method, match["id"])))
        except Refused as error:
            element = ET.Element("ErrorResponse", xmlns=_NAMESPACE)
            inner = ET.SubElement(element, "Error")
            for name, text in (("Type", "Sender"), ("Code", error.code), ("Message", str(error))):
                ET.SubElement(inner, name).text = text
            return _xml(error.status, element)

    def _ask(self, method: str, id_: str | None, headers: Mapping[str, str]) -> None:
        action = "CreateInvalidation" if method == "POST" else "GetInvalidation" if id_ else "ListInvalidations"
        if not self._may(headers, f"cloudfront:{action}"):
            raise Refused(403, "AccessDenied", f"the caller is not allowed to perform cloudfront:{action}")

    def _found(self, method: str, id_: str) -> Invalidation:
        if method != "GET" or id_ not in self._made:
            raise Refused(404, "NoSuchInvalidation", "there is no such invalidation")
        return self._made[id_]

    def _create(self, body: bytes) -> Invalidation:
        try:
            batch = ET.fromstring(body)  # noqa: S314  # from this machine
        except ET.ParseError as error:
            raise Refused(400, "MalformedInput", str(error)) from None
        names = {"": _NAMESPACE}
        items = [path.text or "" for path in batch.findall("Paths/Items/Path", names)]
        wrong = [item for item in items if item[:1] not in ("/", "#")]
        if wrong or not items:
            raise Refused(400, "InvalidArgument", f"a path begins with / and a tag with #: {wrong}")
        made = Invalidation(reference=batch.findtext("CallerReference", "", names), items=items)
        for earlier in self._made.values():
            if earlier.reference == made.reference:
                if earlier.items == made.items:
                    return earlier
                raise Refused(400, "InvalidArgument", "this caller reference belongs to another batch")
        self._cache.invalidate(items)
        self._made[made.id] = made
        return made

    def _element(self, made: Invalidation) -> ET.Element:
        element = ET.Element("Invalidation", xmlns=_NAMESPACE)
        for name, text in (("Id", made.id), ("Status", "Completed"), ("CreateTime", made.created)):
            ET.SubElement(element, name).text = text
        batch = ET.SubElement(element, "InvalidationBatch")
        paths = ET.SubElement(batch, "Paths")
        ET.SubElement(paths, "Quantity").text = str(len(made.items))
        listed = ET.SubElement(paths, "Items")
        for item in made.items:
            ET.SubElement(listed, "Path").text = item
        ET.SubElement(batch, "CallerReference").text = made.reference
        return element

    def _list(self) -> ET.Element:
        element = ET.Element("InvalidationList", xmlns=_NAMESPACE)
        values = {"Marker": "", "MaxItems": "100", "IsTruncated": "false", "Quantity": str(len(self._made))}
        for name, text in values.items():
            ET.SubElement(element, name).text = text
        items = ET.SubElement(element, "Items")
        for made in reversed(self._made.values()):
            summary = ET.SubElement(items, "InvalidationSummary")
            for name, text in (("Id", made.id), ("CreateTime", made.created), ("Status", "Completed")):
                ET.SubElement(summary, name).text = text
        return element


def _xml(status: int, element: ET.Element, **headers: str) -> Answer:
    return Answer(status=status, headers={"content-type": "text/xml", **headers}, body=ET.tostring(element))
