"""The certificate of the stack's own domain."""

import pulumi
import pulumi_aws as aws

from infra.config.stack_config import StackConfig
from infra.resource_tags import resource_tags


class Certificate(pulumi.ComponentResource):
    """Empty unless `domain` is set. CloudFront takes certificates of us-east-1 only.

    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cnames-and-https-requirements.html
    """

    arn: pulumi.Output[str] | None = None
    """Known once the certificate is valid."""

    def __init__(self, name: str, *, config: StackConfig, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("infra:certificate:Certificate", name, None, opts)
        if config.domain:
            self.arn = self._issued(name, config)
        self.register_outputs({})

    def _issued(self, name: str, config: StackConfig) -> pulumi.Output[str]:
        child = pulumi.ResourceOptions(parent=self)

        # A distribution keeps the old one until it has the new one, so the new one comes first.
        certificate = aws.acm.Certificate(
            name,
            region="us-east-1",
            domain_name=config.domain,
            validation_method="DNS",
            tags=resource_tags(config),
            opts=child,
        )

        # AWS looks at it again at every renewal. It is the same for every certificate that the account has for this
        # name, so one may be there already, and it stays when the stack goes.
        proof = certificate.domain_validation_options[0]
        record = aws.route53.Record(
            f"{name}-proof",
            zone_id=config.hosted_zone,
            name=proof.resource_record_name,
            type=proof.resource_record_type,
            records=[proof.resource_record_value],
            ttl=300,
            allow_overwrite=True,
            opts=pulumi.ResourceOptions(parent=self, retain_on_delete=True),
        )

        valid = aws.acm.CertificateValidation(
            name,
            region="us-east-1",
            certificate_arn=certificate.arn,
            validation_record_fqdns=[record.fqdn],
            opts=child,
        )
        return valid.certificate_arn
