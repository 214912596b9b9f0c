"""The TLS certificate for the stack's own domain."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class Certificate(pulumi.ComponentResource):
    """A validated certificate in us-east-1, where CloudFront requires it. No resources unless `domain` is set.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    arn: pulumi.Output[str] | None = None
    """The ARN, which is known after AWS has validated the certificate. None without a domain."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:delivery/certificate:Certificate", name, None, opts)
        if config.domain:
            self.arn = self._validated_arn(name, config)
        self.register_outputs({"arn": self.arn})

    def _validated_arn(self, name: str, config: StackConfig) -> pulumi.Output[str]:
        child_options = pulumi.ResourceOptions(parent=self)

        # Pulumi creates a replacement before it deletes the old certificate, which the distribution uses until then.
        certificate = aws.acm.Certificate(
            name,
            region="us-east-1",
            domain_name=config.domain,
            validation_method="DNS",
            tags=resource_tags(config),
            opts=child_options,
        )

        # AWS checks the validation record again at every renewal of the certificate. All certificates of the account
        # for this domain share one record. So the record may already exist, and `pulumi destroy` must not delete it.
        validation = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
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
            region="us-east-1",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child_options,
        )
        return validated.certificate_arn
