"""What more than one of edge, refresh, infra and ops must agree on."""
