"""The compared image resizers. Each has a worker process that reads jobs and writes results, as lines of JSON."""
