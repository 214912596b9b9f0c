"""The configuration of a stack: its keys, how they are read, and which values AWS accepts."""
