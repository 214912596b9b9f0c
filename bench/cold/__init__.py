"""Measurement of cold starts: the time from the start of a process to its first rendition of an original in S3."""
