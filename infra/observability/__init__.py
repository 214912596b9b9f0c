"""Access logs, alerts and the budget of a stack."""
