"""How numbers, prices, ages and rates are printed."""


def format_number(value: float) -> str:
    """For people: thousands in groups, and no more than two digits after the point."""
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".")


def format_price(usd: float) -> str:
    """A price with every digit that it has, and at least two after the point."""
    units, _, fraction = f"{usd:.10f}".partition(".")
    return f"{units}.{fraction.rstrip('0').ljust(2, '0')}"


def format_age(seconds: float) -> str:
    """As people say it: 40 s, 3 min, 2 h, 5 days."""
    for size, unit in ((86_400, "days"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def format_percent(rate: float) -> str:
    """With two digits: a twentieth of a percent of errors is not nothing."""
    return f"{rate:.2f} %"
