"""The refresh function: a Lambda function in the buckets' Region that invalidates originals after their change."""
