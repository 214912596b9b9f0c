"""Reading the command line and printing the results of commands."""
