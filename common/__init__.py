"""Names and functions that two or more of edge, refresh, infra and ops must agree on."""
