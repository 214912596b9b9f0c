"""What every picture must come out as: one table of cases, made by code."""
