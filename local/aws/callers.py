"""May they call CloudFront? A declared role may what its policies say; whoever runs the engine may everything."""

from collections.abc import Mapping

from local.aws.cloud import Cloud
from local.aws.iam import allows
from local.program.program import Program


class Callers:
    """Known by the key they sign with; the signature itself is not looked at."""

    def __init__(self, program: Program, cloud: Cloud) -> None:
        self._policies = {
            role.outputs["arn"]: [
                policy.inputs["policy"]
                for policy in program.of("aws:iam/rolePolicy:RolePolicy")
                if policy.inputs["role"] == role.id
            ]
            for role in program.of("aws:iam/role:Role")
        }
        self._cloud = cloud

    def may(self, headers: Mapping[str, str], action: str, resource: str) -> bool:
        """`headers` of the request, in small letters."""
        key = headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
        role = self._cloud.role_of(key)
        return role is None or any(
            allows(policy, principal=("AWS", role), action=action, resource=resource, context={})
            for policy in self._policies[role]
        )
