"""The commands, with one file per command and files for the longer reports."""
