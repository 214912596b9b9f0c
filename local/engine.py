"""The engine: records the program, provisions its data path and serves its distribution."""

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from local.aws.callers import Callers
from local.aws.cloud import Cloud
from local.aws.provision import provision, start_notifications, unknown_types
from local.aws.telemetry import Telemetry, publish
from local.cloudfront.distribution import Distribution
from local.cloudfront.distribution_builder import build_distribution
from local.cloudfront.invalidation_api import InvalidationApi
from local.cloudfront.metrics import DistributionMetrics
from local.folder_sync import FolderSync
from local.lambdas.event_source import poll_event_sources
from local.lambdas.functions import LambdaFunctions
from local.lambdas.sandbox_process import runtime_client_folder
from local.parameter_names import ParameterNames
from local.program.program import Program
from local.program.recorder import InputsEdit, record
from local.request_log import LoggedRequest
from local.server import App, open_listener, serve

# The only difference from a deployment: the bundle is built for the interpreter of this machine.
_OVERRIDES: Final = {"bundleTarget": "host"}
_UPLOADS_PER_REPORT: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningStack:
    """A stack that the engine serves."""

    url: str
    """The URL at which viewers reach the distribution."""
    program: Program
    cloud: Cloud
    distribution: Distribution
    invalidation_api: InvalidationApi
    telemetry: Telemetry
    """What the engine sends to CloudWatch every few seconds. `flush` sends it at once."""
    keys: list[str]
    """The keys of the originals that the engine uploaded at the start."""


@contextlib.asynccontextmanager
async def run(
    root: Path,
    stack: str,
    images: Path,
    *,
    host: str,
    port: int,
    report: Callable[[str], None],
    on_request: Callable[[LoggedRequest], None] = lambda _: None,
    edit_inputs: InputsEdit | None = None,
) -> AsyncIterator[RunningStack]:
    """Serve a stack until the context ends. Port 0 takes any free port.

    `images` is the folder of the originals. `report` receives progress, logs and warnings, line by line. `on_request`
    is called after each response. `edit_inputs` changes what the program declares, for tests. Raises ProgramError if
    the stack cannot be served or the port cannot be used.
    """
    runtime_client_folder()  # Without the runtime client, the engine must not even start to build the bundles.
    with open_listener(host, port) as listener, Cloud(_log_file(root)) as cloud:
        url = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}"
        program = await asyncio.to_thread(record, root, stack, overrides=_OVERRIDES, edit_inputs=edit_inputs)
        for type_ in unknown_types(program):
            report(f"not emulated: {type_}")
        await asyncio.to_thread(provision, program, cloud)
        async with LambdaFunctions(program, cloud, url, report) as functions:
            distribution = build_distribution(program, cloud, functions, report)
            distribution.on_response = DistributionMetrics(functions.telemetry, program, distribution.id).add
            folder_sync = _folder_sync(program, cloud, images, report)
            keys = await asyncio.to_thread(_upload_all, folder_sync, report)
            # Notifications start now, because the originals that were uploaded at the start must cause no events.
            await asyncio.to_thread(start_notifications, program, cloud)
            invalidation_api = _invalidation_api(program, cloud, distribution)
            app = App(distribution, invalidation_api, parameter_names=ParameterNames(report), on_request=on_request)
            async with (
                serve(app, listener),
                poll_event_sources(program, cloud, functions, report),
                _follow_changes(folder_sync),
                publish(functions.telemetry),
            ):
                yield RunningStack(
                    url=url,
                    program=program,
                    cloud=cloud,
                    distribution=distribution,
                    invalidation_api=invalidation_api,
                    telemetry=functions.telemetry,
                    keys=keys,
                )


def _log_file(root: Path) -> Path:
    path = root / "build" / "local" / "moto.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _invalidation_api(program: Program, cloud: Cloud, distribution: Distribution) -> InvalidationApi:
    callers = Callers(program, cloud)
    arn: str = program.find("aws:cloudfront/distribution:Distribution", "id", distribution.id).outputs["arn"]
    return InvalidationApi(
        distribution.id, distribution.cache, lambda headers, action: callers.is_allowed(headers, action, arn)
    )


def _folder_sync(program: Program, cloud: Cloud, images: Path, report: Callable[[str], None]) -> FolderSync:
    """Return the synchronization with the bucket that the program exports as `originals_bucket`."""
    bucket = program.find("aws:s3/bucket:Bucket", "bucket", program.outputs["originals_bucket"])
    return FolderSync(images, cloud.s3(bucket.outputs["region"]), bucket.id, report)


def _upload_all(folder_sync: FolderSync, report: Callable[[str], None]) -> list[str]:
    keys: list[str] = []
    for key in folder_sync.upload_all():
        keys.append(key)
        if len(keys) % _UPLOADS_PER_REPORT == 0:
            report(f"uploaded {len(keys)} originals so far; the most recent one is {key}")
    return keys


@contextlib.asynccontextmanager
async def _follow_changes(folder_sync: FolderSync) -> AsyncIterator[None]:
    stop = threading.Event()
    task = asyncio.create_task(asyncio.to_thread(folder_sync.follow_changes, stop))
    try:
        yield
    finally:
        stop.set()
        await task
