"""The Pulumi program, recorded instead of deployed."""
