"""What the commands read from a command line and print."""
