"""CloudFront's own behavior, as far as the declared distribution needs it."""
