"""The CloudWatch dashboards of a stack: one for the application, and one for the account."""
