"""What runs after an upload: the queue of events and the refresh function."""
