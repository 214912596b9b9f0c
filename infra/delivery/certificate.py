"""The TLS certificate for the stack's own domain."""

import pulumi
import pulumi_aws as aws

from infra.config.regions import GLOBAL_REGION
from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class Certificate(pulumi.ComponentResource):
    """A validated certificate, in us-east-1 as CloudFront requires. The component is empty unless `domain` is set.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    arn: pulumi.Output[str] | None = None
    """The ARN of the certificate, which is available when the certificate is valid. None without a domain."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/certificate:Certificate", name, None, opts)
        if config.domain:
            self.arn = self._validated_arn(name, config)
        self.register_outputs({"arn": self.arn})

    def _validated_arn(self, name: str, config: StackConfig) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)

        # Pulumi creates a replacement before it deletes the old certificate, so the distribution always has a
        # certificate.
        certificate = aws.acm.Certificate(
            name,
            region=GLOBAL_REGION,
            domain_name=config.domain,
            validation_method="DNS",
            tags=resource_tags(config),
            opts=child,
        )

        # AWS checks the record again at every renewal. All certificates of the account for this name share the
        # record. So the record may exist already, and must remain when the stack is destroyed.
        validation = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-validation",
            zone_id=config.hosted_zone,
            name=validation.resource_record_name,
            type=validation.resource_record_type,
            records=[validation.resource_record_value],
            ttl=300,
            allow_overwrite=True,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

        validated = aws.acm.CertificateValidation(
            name,
            region=GLOBAL_REGION,
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child,
        )
        return validated.certificate_arn
