"""The peers. Each peer runs in its own worker process. Jobs and results are lines of JSON."""
