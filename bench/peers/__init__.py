"""The compared image resizers: one worker process each, which reads jobs and writes results as lines of JSON."""
