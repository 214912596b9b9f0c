"""How the bundles of the Lambda functions are built."""
