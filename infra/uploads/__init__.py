"""The resources that process uploads: the upload queue and the refresh function."""
