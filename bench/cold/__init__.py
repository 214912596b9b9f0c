"""From the start of a process to its first rendition, the original read from S3."""
