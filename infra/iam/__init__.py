"""The IAM documents of the stack."""
