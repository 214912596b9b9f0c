"""The number of invalidations, and what they cover, when originals are overwritten in bulk.

The test runs the handler with a simulated clock and a simulated queue. Two processes take turns, and each batch of ten
messages takes a second.
"""

import heapq
import itertools
import json
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

from common.cache_tags import tags
from common.invalidation import EVERYTHING
from refresh import clients
from refresh import handler as module
from refresh.change_rate import ChangeRate
from refresh.folder_invalidations import FolderInvalidations
from tests.refresh.conftest import SETTINGS

BATCH = 10
START = 1_000_000.0


class Simulation:
    """CloudFront, the queue, the clock and two processes of the function."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        self.sent_at: dict[str, list[float]] = {}
        """The times of the invalidations of each item. A repeated caller reference creates none."""
        self._overwritten_at: dict[str, float] = {}
        self._references: dict[str, list[str]] = {}
        self._messages: list[tuple[float, int, str]] = []
        self._numbers = itertools.count()
        self._processes = itertools.cycle(
            [(ChangeRate(lambda: self.now), FolderInvalidations(self._time)) for _ in range(2)]
        )
        self._monkeypatch = monkeypatch
        self._log: Any = SimpleNamespace(write=lambda *_, **__: None)
        self.clock_errors = itertools.repeat(0.0)
        """The differences between the clocks of the processes and the time, in seconds, in the order of the turns."""
        self._clock_error = 0.0
        monkeypatch.setattr(module, "can_leave_stale_renditions", lambda _: True)
        monkeypatch.setattr(module, "delete_stale_renditions", lambda _: None)
        monkeypatch.setattr(clients, "cloudfront", lambda: self)
        monkeypatch.setattr(clients, "sqs", lambda: self)
        monkeypatch.setattr(module, "ThreadPoolExecutor", lambda _: nullcontext(SimpleNamespace(map=map)))

    def create_invalidation(self, **arguments: Any) -> Any:
        reference = arguments["InvalidationBatch"]["CallerReference"]
        items = arguments["InvalidationBatch"]["Paths"]["Items"]
        if reference not in self._references:
            for item in items:
                self.sent_at.setdefault(item, []).append(self.now)
        assert self._references.setdefault(reference, items) == items
        return {"Invalidation": {"Id": "I", "Status": "InProgress"}}

    def _time(self) -> float:
        return self.now + self._clock_error

    def send_message(self, **arguments: Any) -> None:
        due = self.now + arguments["DelaySeconds"]
        heapq.heappush(self._messages, (due, next(self._numbers), arguments["MessageBody"]))

    def overwrite_all(self, keys: Sequence[str], per_second: int = 20) -> None:
        """Overwrite the originals, as fast as the function can process the events, and process all messages."""
        for number, key in enumerate(keys):
            self._overwrite(key, START + number / per_second)
        self._run()

    def _overwrite(self, key: str, time: float) -> None:
        record = {"eventName": "ObjectCreated:Put", "eventTime": "2026-11-21T08:34:44.748Z"}
        s3_object = {"key": key, "versionId": f"v{next(self._numbers)}"}
        body = json.dumps({"Records": [record | {"s3": {"object": s3_object}}]})
        self._overwritten_at[key] = time
        heapq.heappush(self._messages, (time, next(self._numbers), body))

    def _run(self) -> None:
        """Process all messages. An empty queue lets the clock jump to the next message."""
        while self._messages:
            self.now = max(self.now + 0.5, self._messages[0][0])
            rate, folders = next(self._processes)
            self._clock_error = next(self.clock_errors)
            self._monkeypatch.setattr(module, "change_rate", rate)
            self._monkeypatch.setattr(module, "folder_invalidations", folders)
            batch: list[str] = []
            while self._messages and len(batch) < BATCH and self._messages[0][0] <= self.now:
                batch.append(heapq.heappop(self._messages)[2])
            messages = {str(index): module.parse_message(body) for index, body in enumerate(batch)}
            assert module.process_messages(messages, lambda: 60_000, self._log) == set()

    @property
    def paths(self) -> int:
        return sum(map(len, self.sent_at.values()))

    def is_covered_twice(self, key: str) -> bool:
        """Return whether one invalidation follows the change, and one follows after the seconds of decision 24."""
        items = [EVERYTHING, *(f"#{tag}" for tag in tags(key))]
        times = [time for item in items for time in self.sent_at.get(item, ())]
        times = sorted(time for time in times if time >= self._overwritten_at[key])
        return len(times) > 1 and times[-1] >= self._overwritten_at[key] + SETTINGS.settle_seconds


KEYS: dict[str, tuple[Callable[[int], str], int]] = {
    "one folder": (lambda number: f"shop/products/{number}.jpg", 1),
    "a folder each": (lambda number: f"users/{number}/a.jpg", 14),
    "a top folder each": (lambda number: f"{number}/a.jpg", 19),
    "no folder": (lambda number: f"{number}.jpg", 1),
    "thirty folders": (lambda number: f"{number // 50 % 30}/{number}.jpg", 19),
}


@pytest.fixture
def simulation(monkeypatch: pytest.MonkeyPatch) -> Simulation:
    return Simulation(monkeypatch)


@pytest.mark.parametrize(("key_of", "paths_per_slot"), KEYS.values(), ids=KEYS.keys())
def test_overwriting_many_originals_costs_few_invalidations(
    key_of: Callable[[int], str], paths_per_slot: int, simulation: Simulation
) -> None:
    """The number of paths depends on the duration, not on the number of originals."""
    keys = [key_of(number) for number in range(5_000)]
    simulation.overwrite_all(keys)

    single = 2 * 2 * SETTINGS.max_changes  # two processes, two invalidations
    slots = (simulation.now - START) / 60 + 1
    assert simulation.paths <= single + paths_per_slot * slots
    assert all(map(simulation.is_covered_twice, keys))


@pytest.mark.parametrize("name", ["one folder", "a folder each"])
def test_hundred_thousand_originals_cost_a_hundredth(name: str, simulation: Simulation) -> None:
    key_of, _ = KEYS[name]
    keys = [key_of(number) for number in range(100_000)]
    simulation.overwrite_all(keys)

    assert simulation.paths <= 2 * len(keys) / 100
    assert all(map(simulation.is_covered_twice, keys))


def test_folders_are_invalidated_when_the_clocks_of_processes_differ(simulation: Simulation) -> None:
    """No message is rejected, because a rejected message returns only after the visibility timeout."""
    simulation.clock_errors = itertools.cycle([2.0, -2.0, -2.0, 2.0])
    keys = [f"shop/products/{number}.jpg" for number in range(5_000)]

    simulation.overwrite_all(keys)

    assert all(map(simulation.is_covered_twice, keys))


def test_originals_below_the_limit_are_invalidated_by_their_tags(simulation: Simulation) -> None:
    keys = [f"shop/products/{number}.jpg" for number in range(SETTINGS.max_changes)]
    simulation.overwrite_all(keys)

    assert simulation.sent_at.keys() == {f"#{tags(key)[0]}" for key in keys}
    assert simulation.paths == 2 * len(keys)
