"""What operators and owners see of a stack: access logs, alerts and the budget."""
