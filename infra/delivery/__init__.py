"""The distribution, and what CloudFront needs around it."""
