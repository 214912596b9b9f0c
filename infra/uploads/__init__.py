"""The resources that process uploads: the queue of events and the refresh function."""
