"""The console: arguments of the command line, and output of results."""
