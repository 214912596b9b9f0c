"""The IAM policy documents of the stack."""
