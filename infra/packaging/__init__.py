"""The build of the bundles of the Lambda functions."""
