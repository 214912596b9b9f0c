"""Cost estimates of a stack, from list prices and assumptions."""
