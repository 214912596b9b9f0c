"""Names and functions that two or more of the packages edge, refresh, infra and ops share."""
