"""What happens after an upload."""
