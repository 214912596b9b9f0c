from dataclasses import dataclass, replace
from typing import Any

import boto3
import pytest

from common.invalidation import EVERYTHING
from refresh import clients, handler
from refresh.change_rate import ChangeRate
from refresh.folder_invalidations import FolderInvalidations
from refresh.settings import Settings
from tests.support.aws_servers import Moto

SETTINGS = Settings(
    bucket="originals",
    renditions_bucket="renditions",
    distribution="E1",
    queue="q",
    url="http://127.0.0.1:9",
    settle_seconds=180,
    max_changes=15,
    warm_widths=(320,),
    formats=(),
)


class CloudFront:
    """A fake of the CloudFront client, which refuses batches with `failing_items`."""

    def __init__(self) -> None:
        self.created: list[tuple[str, list[str]]] = []
        """Caller references and items of the invalidations that CloudFront bills."""
        self.calls = 0
        self.failing_items: set[str] = set()

    def create_invalidation(self, **arguments: Any) -> dict[str, Any]:
        self.calls += 1
        batch = arguments["InvalidationBatch"]
        reference, items = batch["CallerReference"], batch["Paths"]["Items"]
        if self.failing_items & set(items):
            raise RuntimeError("not now")
        assert EVERYTHING not in items or len(items) == 1
        if (reference, items) not in self.created:
            self.created.append((reference, items))
        return {"Invalidation": {"Id": "I1", "Status": "InProgress"}}


class Queue:
    """A fake of the SQS client."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, int]] = []
        """Bodies and delays, in seconds, of the messages."""

    def send_message(self, **arguments: Any) -> None:
        assert 0 <= arguments["DelaySeconds"] <= 900
        self.sent.append((arguments["MessageBody"], arguments["DelaySeconds"]))

    @property
    def bodies(self) -> list[str]:
        return [body for body, _ in self.sent]


@dataclass(frozen=True)
class Buckets:
    """The versioned bucket of originals and the bucket of renditions, in moto."""

    s3: Any

    def put(self, key: str, body: bytes = b"1") -> str:
        """Upload an original, and return its version id."""
        return self.s3.put_object(Bucket="originals", Key=key, Body=body)["VersionId"]

    def delete(self, key: str, version: str = "") -> str:
        """Delete a version permanently. Without a version, create a delete marker, and return its version id."""
        arguments = {"VersionId": version} if version else {}
        return self.s3.delete_object(Bucket="originals", Key=key, **arguments).get("VersionId", "")

    def renditions(self) -> list[str]:
        """Return the keys of all objects in the renditions bucket except the records."""
        items = self.s3.list_objects_v2(Bucket="renditions", Prefix=".renditions/").get("Contents", [])
        return [item["Key"] for item in items]


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new process of the refresh function."""
    monkeypatch.setattr(clients, "settings", lambda: SETTINGS)
    monkeypatch.setattr(handler, "change_rate", ChangeRate())
    monkeypatch.setattr(handler, "folder_invalidations", FolderInvalidations())


class Clock:
    """A clock that a test sets, in seconds."""

    def __init__(self) -> None:
        self.now = 60_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(process: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the process, which stands still."""
    clock = Clock()
    monkeypatch.setattr(handler, "change_rate", ChangeRate(clock))
    monkeypatch.setattr(handler, "folder_invalidations", FolderInvalidations(clock))
    return clock


@pytest.fixture
def limit(monkeypatch: pytest.MonkeyPatch) -> int:
    """A low limit of changes a minute."""
    monkeypatch.setattr(clients, "settings", lambda: replace(SETTINGS, max_changes=2))
    return 2


@pytest.fixture
def cloudfront(monkeypatch: pytest.MonkeyPatch) -> CloudFront:
    fake = CloudFront()
    monkeypatch.setattr(clients, "cloudfront", lambda: fake)
    return fake


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Queue:
    fake = Queue()
    monkeypatch.setattr(clients, "sqs", lambda: fake)
    return fake


@pytest.fixture(scope="session")
def s3(moto_url: str) -> Any:
    """A client of moto's S3. Creating a client takes longer than most tests."""
    session = boto3.Session("invented", "invented", region_name="us-east-1")
    return session.client("s3", endpoint_url=moto_url)


@pytest.fixture
def buckets(moto: Moto, s3: Any, monkeypatch: pytest.MonkeyPatch) -> Buckets:
    s3.create_bucket(Bucket="originals")
    s3.put_bucket_versioning(Bucket="originals", VersioningConfiguration={"Status": "Enabled"})
    s3.create_bucket(Bucket="renditions")
    monkeypatch.setattr(clients, "s3", lambda: s3)
    return Buckets(s3)
