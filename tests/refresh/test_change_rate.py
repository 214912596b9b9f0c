from refresh.change_rate import ChangeRate


def test_rate_exceeds_the_limit_until_a_minute_is_below_it() -> None:
    rate = ChangeRate()

    assert not rate.exceeds(15, 10, now=0)
    assert not rate.exceeds(15, 5, now=30)
    assert rate.exceeds(15, 1, now=59.9), "16 changes within a minute"
    assert not rate.exceeds(15, 1, now=60), "the first ten are a minute old"
    assert rate.exceeds(15, 10, now=61)
    assert rate.exceeds(15, 10, now=118), "changes above the limit count too"
    assert not rate.exceeds(15, 5, now=179)
