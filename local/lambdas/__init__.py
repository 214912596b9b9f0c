"""The declared Lambda functions, run in their own processes."""
