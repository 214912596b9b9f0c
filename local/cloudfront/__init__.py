"""CloudFront, as far as the data path needs it."""
