"""The CloudFront distribution, and the resources that CloudFront uses: functions, policies, certificate, firewall."""
