"""The buckets of originals and renditions, and the key that encrypts their objects."""
