"""What an upload does to a running stack: a Lambda function in the buckets' Region, behind a queue."""
