"""The AWS account of the stand-in provider: the resources that exist, and what AWS would refuse."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.engine.wire_values import label


class Refused(Exception):
    """AWS refuses the call. The message is the one that Pulumi shows."""


DISTRIBUTION = "aws:cloudfront/distribution:Distribution"

IN_USE = {
    "aws:acm/certificate:Certificate": "arn",
    "aws:cloudfront/cachePolicy:CachePolicy": "id",
    "aws:cloudfront/function:Function": "arn",
    "aws:cloudfront/originAccessControl:OriginAccessControl": "id",
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": "id",
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": "id",
    "aws:wafv2/webAcl:WebAcl": "arn",
}
"""Types that AWS does not delete while a distribution refers to them, with the output by which it refers to them.

Each has an error of its own, for example CachePolicyInUse, FunctionInUse and WAFAssociatedItemException:
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteCachePolicy.html
https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_DeleteFunction.html
https://docs.aws.amazon.com/waf/latest/APIReference/API_DeleteWebACL.html
https://docs.aws.amazon.com/acm/latest/APIReference/API_DeleteCertificate.html
"""


WITHOUT_OBJECT = {"aws:acm/certificateValidation:CertificateValidation"}
"""Types that only wait for AWS, so that two of them can have the same id."""


class Account:
    """The resources that exist, in a file that the processes of the provider share."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def create(self, id_: str, type_: str, name: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """Add a resource. Raise Refused if a resource of this type has the id in this Region."""
        with self._open() as resources:
            key = _key(type_, id_, inputs | outputs)
            if key in resources and type_ not in WITHOUT_OBJECT:
                raise Refused(f"{label(type_, name)}: {id_} already exists")
            resources[key] = {"type": type_, "name": name, "inputs": inputs, "arn": outputs.get("arn")}

    def update(self, type_: str, id_: str, state: dict[str, Any], inputs: dict[str, Any]) -> None:
        """Change a resource. Raise Refused if it does not exist. `state` has the outputs that Pulumi has stored."""
        with self._open() as resources:
            _find(resources, _key(type_, id_, state))["inputs"] = inputs

    def delete(self, type_: str, id_: str, state: dict[str, Any]) -> None:
        """Remove a resource. Raise Refused if it does not exist, or if a distribution still refers to it."""
        with self._open() as resources:
            key = _key(type_, id_, state)
            if type_ in WITHOUT_OBJECT:
                resources.pop(key, None)
                return
            resource = _find(resources, key)
            if type_ in IN_USE:
                reference = id_ if IN_USE[type_] == "id" else resource["arn"]
                for other in resources.values():
                    if other["type"] == DISTRIBUTION and reference in json.dumps(other["inputs"]):
                        raise Refused(f"{label(type_, resource['name'])}: a distribution uses {id_}")
            del resources[key]

    def exists(self, type_: str, id_: str, state: dict[str, Any]) -> bool:
        """Return whether a resource exists."""
        with self._open() as resources:
            return _key(type_, id_, state) in resources

    def labels(self) -> list[str]:
        """Return the labels of all resources that exist."""
        with self._open() as resources:
            return sorted(label(resource["type"], resource["name"]) for resource in resources.values())

    @contextmanager
    def _open(self) -> Iterator[dict[str, Any]]:
        """Lock the file, and write the resources back unless the call is refused."""
        with self._file.open("a+") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            resources = json.loads(file.read() or "{}")
            yield resources
            file.truncate(0)
            json.dump(resources, file)


def _find(resources: dict[str, Any], key: str) -> dict[str, Any]:
    if key not in resources:
        raise Refused(f"{key} does not exist")
    return resources[key]


def _key(type_: str, id_: str, state: dict[str, Any]) -> str:
    # A bucket and each of its settings have the same id, and so do log groups in two Regions.
    return " ".join((type_, state.get("region", ""), id_))
