"""The Region of Origin Shield, and the Regions in which the edge function runs."""

import pytest

from infra.config.regions import EDGE_REGIONS, SHIELD_REGIONS, execution_regions, shield_region


@pytest.mark.parametrize(
    ("bucket", "shield"),
    [
        pytest.param("eu-central-1", "eu-central-1", id="offered in the Region of the bucket"),
        pytest.param("eu-north-1", "eu-west-2", id="offered in a neighboring Region"),
        pytest.param("us-west-1", "us-west-2", id="an edge Region without Origin Shield"),
        pytest.param("me-central-1", "ap-south-1", id="offered in a Region without Lambda@Edge"),
    ],
)
def test_shield_region_is_the_region_of_the_bucket_or_its_neighbor(bucket: str, shield: str) -> None:
    assert shield_region(bucket, origin_shield=True) == shield


def test_execution_regions_with_origin_shield_are_the_shield_region() -> None:
    assert execution_regions("eu-north-1", origin_shield=True) == ("eu-west-2",)


def test_execution_regions_without_origin_shield_are_all_edge_regions() -> None:
    assert shield_region("eu-north-1", origin_shield=False) is None
    assert execution_regions("eu-north-1", origin_shield=False) == EDGE_REGIONS
    assert len(set(EDGE_REGIONS)) == 13


def test_shield_regions_are_regions_in_which_lambda_at_edge_runs() -> None:
    assert set(SHIELD_REGIONS.values()) <= set(EDGE_REGIONS)
