import pytest

from refresh.settings import Settings

ENVIRONMENT = {
    "BUCKET": "originals",
    "RENDITIONS_BUCKET": "renditions",
    "DISTRIBUTION": "E1",
    "QUEUE": "https://sqs.eu-central-1.amazonaws.com/123456789012/refresh",
    "URL": "https://images.example.com",
    "SETTLE": "180",
    "MAX_CHANGES": "15",
    "WARM_WIDTHS": "[320, 640]",
    "FORMATS": '["webp"]',
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


def test_settings_are_read_from_the_environment() -> None:
    assert Settings.from_environment() == Settings(
        bucket="originals",
        renditions_bucket="renditions",
        distribution="E1",
        queue=ENVIRONMENT["QUEUE"],
        url="https://images.example.com",
        settle_seconds=180,
        max_changes=15,
        warm_widths=(320, 640),
        formats=("webp",),
    )


def test_missing_variable_raises_a_key_error_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUEUE")

    with pytest.raises(KeyError, match="QUEUE"):
        Settings.from_environment()
