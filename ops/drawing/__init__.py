"""Pictures of dashboards. Only the command `dashboard` imports this package, because it needs matplotlib."""
