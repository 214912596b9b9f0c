"""Cold starts: from the start of a process to its first rendition, with the original read from S3."""
