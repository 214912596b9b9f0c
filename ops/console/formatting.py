"""Functions that format numbers, prices, ages and rates as text."""


def format_number(value: float) -> str:
    """Return a number with thousands separators and at most two decimal places."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def format_usd(amount: float) -> str:
    """Return an amount of US dollars with thousands separators and two decimal places."""
    return f"{amount:,.2f}"


def format_price(usd: float) -> str:
    """Return a price with at least two and at most ten decimal places, without other zeros at the end."""
    units, _, fraction = f"{usd:.10f}".partition(".")
    return f"{units}.{fraction.rstrip('0').ljust(2, '0')}"


def format_age(seconds: float) -> str:
    """Return a duration in its largest suitable unit: 40 s, 3 min, 2 h, 5 days."""
    for unit_seconds, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * unit_seconds:
            return f"{seconds / unit_seconds:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def format_percent(rate: float) -> str:
    """Return a rate with two decimal places, because an error rate of 0.05 % is significant."""
    return f"{rate:.2f} %"
