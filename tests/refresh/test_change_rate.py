from refresh.change_rate import ChangeRate


def test_rate_exceeds_the_limit_until_a_minute_is_below_it() -> None:
    now = 0.0
    rate = ChangeRate(clock=lambda: now)

    assert not rate.exceeds(15, 10)
    now = 30
    assert not rate.exceeds(15, 5)
    now = 59.9
    assert rate.exceeds(15, 1), "16 changes within a minute"
    now = 60
    assert not rate.exceeds(15, 1), "the first ten are a minute old"
    now = 61
    assert rate.exceeds(15, 10)
    now = 118
    assert rate.exceeds(15, 10), "changes above the limit count too"
    now = 179
    assert not rate.exceeds(15, 5)
