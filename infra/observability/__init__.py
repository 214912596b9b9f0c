"""The resources that report on a stack: access logs, alerts and the budget."""
