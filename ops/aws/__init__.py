"""Access to AWS: the outputs of a stack, its clients, and the requests of the commands."""
