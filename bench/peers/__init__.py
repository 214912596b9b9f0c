"""One worker process per peer: a job in, a picture and its times out, a line of JSON each."""
