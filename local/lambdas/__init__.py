"""The declared Lambda functions, run in processes of their own."""
