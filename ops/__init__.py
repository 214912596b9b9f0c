"""What people do to a stack that runs, and what it costs."""
