"""What a stack costs, from prices and assumptions."""
