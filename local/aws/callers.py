"""Decides, as IAM would, whether a caller of CloudFront's API has the permission."""

from collections.abc import Mapping

from local.aws.cloud import Cloud
from local.aws.iam import is_allowed
from local.program.program import Program


class Callers:
    """The callers of the local CloudFront API and their permissions.

    A declared role may do what its policies allow; every other caller may do everything. The access key id in the
    signature identifies the caller. The signature itself is not verified.
    """

    def __init__(self, program: Program, cloud: Cloud) -> None:
        self._role_policies = {
            role.outputs["arn"]: [
                policy.inputs["policy"]
                for policy in program.of("aws:iam/rolePolicy:RolePolicy")
                if policy.inputs["role"] == role.id
            ]
            for role in program.of("aws:iam/role:Role")
        }
        self._cloud = cloud

    def is_allowed(self, headers: Mapping[str, str], action: str, resource: str) -> bool:
        """Return whether the sender of these request headers (names in lower case) may perform `action`."""
        access_key_id = headers.get("authorization", "").partition("Credential=")[2].partition("/")[0]
        role = self._cloud.role_with_access_key(access_key_id)
        return role is None or any(
            is_allowed(policy, principal=("AWS", role), action=action, resource=resource, context={})
            for policy in self._role_policies[role]
        )
