"""The configuration of a stack: its keys, the readers of their values, and the values that AWS accepts."""
