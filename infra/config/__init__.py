"""What a stack can be configured with, and how its configuration is read."""
