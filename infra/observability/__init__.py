"""What operators and owners see of a stack."""
