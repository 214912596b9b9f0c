"""What CloudWatch computes: filter patterns, metric math, Logs Insights queries and alarms. moto's process runs it."""
