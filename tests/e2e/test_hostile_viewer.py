"""A viewer who attacks the service changes nothing for the other viewers."""

from tests.e2e.hostile_viewer import attack_service


def test_viewers_beside_an_attacker_get_only_correct_pictures() -> None:
    figures = attack_service(viewers=16, seconds=20)

    assert figures.attacks
    assert figures.statuses.keys() == {200}
    assert not figures.wrong, str(figures)
