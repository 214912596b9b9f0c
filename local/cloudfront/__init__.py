"""The parts of CloudFront that the declared distribution needs."""
