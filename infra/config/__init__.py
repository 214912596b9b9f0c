"""The configuration of a stack: its keys, their readers, and the values that AWS accepts."""
