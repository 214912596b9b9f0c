import pytest

from infra.config.regions import EDGE_REGIONS, SHIELDS, execution_regions, shield_region


@pytest.mark.parametrize(
    ("bucket", "shield"),
    [
        pytest.param("eu-central-1", "eu-central-1", id="offered where the bucket is"),
        pytest.param("eu-north-1", "eu-west-2", id="offered next to it"),
        pytest.param("us-west-1", "us-west-2", id="an edge Region without Origin Shield"),
        pytest.param("me-central-1", "ap-south-1", id="offered where Lambda@Edge is not"),
    ],
)
def test_origin_shield_stands_in_or_next_to_the_region_of_the_bucket(bucket: str, shield: str) -> None:
    assert shield_region(bucket, origin_shield=True) == shield


def test_with_origin_shield_the_edge_function_runs_there_alone() -> None:
    assert execution_regions("eu-north-1", origin_shield=True) == ("eu-west-2",)


def test_without_origin_shield_the_edge_function_runs_next_to_every_viewer() -> None:
    assert shield_region("eu-north-1", origin_shield=False) is None
    assert execution_regions("eu-north-1", origin_shield=False) == EDGE_REGIONS
    assert len(set(EDGE_REGIONS)) == 13


def test_wherever_origin_shield_stands_lambda_at_edge_can_run() -> None:
    assert set(SHIELDS.values()) <= set(EDGE_REGIONS)
