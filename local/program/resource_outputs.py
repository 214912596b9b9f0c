"""Returns the values that AWS would assign to a declared resource, and the results of provider functions."""

import hashlib
from pathlib import Path
from typing import Any

from local.program.output_functions import ACCOUNT, OUTPUTS_FUNCTIONS, Outputs


def resource_outputs(
    type_: str, name: str, inputs: dict[str, Any], *, region: str, stack: str, name_prefix: str = ""
) -> Outputs:
    """Return a resource's id and outputs. An unknown type gets a name, and an ARN of the usual form.

    `name_prefix` is the beginning of each name that Pulumi generates.
    """
    digest = hashlib.sha256(f"{stack} {type_} {name}".encode()).hexdigest()
    physical_name = inputs.get("name") or f"{name_prefix}{name}-{digest[:7]}"
    region = inputs.get("region") or region
    outputs_function = OUTPUTS_FUNCTIONS.get(type_)
    if outputs_function is not None:
        return outputs_function(physical_name, inputs, region, digest)
    service = type_.split(":")[1].split("/")[0]
    arn = f"arn:aws:{service}:{region}:{ACCOUNT}:{physical_name}"
    return physical_name, {"name": physical_name, "arn": arn, "region": region}


def provider_call(token: str, *, region: str) -> dict[str, Any]:
    """Return the result of a provider function (Pulumi's "invoke").

    Raises NotImplementedError if this module does not implement the provider function.
    """
    if token == "aws:index/getCallerIdentity:getCallerIdentity":
        return {"accountId": ACCOUNT, "id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:user/local", "userId": "local"}
    if token == "aws:index/getRegion:getRegion":
        return {"region": region, "name": region, "id": region, "description": region}
    raise NotImplementedError(
        f"the local engine does not implement the provider function {token}: add it to {Path(__file__).name}"
    )
