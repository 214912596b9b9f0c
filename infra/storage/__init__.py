"""The buckets, and the key that encrypts them."""
