"""Puts the parts together: records the program, makes its data path, serves its distribution."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from local.aws.callers import Callers
from local.aws.cloud import Cloud
from local.aws.provision import unknown
from local.cloudfront.behavior import Behaviour, functions
from local.cloudfront.distribution import Distribution
from local.cloudfront.invalidation_api import Invalidations
from local.cloudfront.s3_origin import S3Origin
from local.cloudfront.validation import check_association
from local.cloudfront.viewer_function import ViewerFunction
from local.folder_sync import Uploads
from local.lambdas.event_sources import event_sources
from local.lambdas.function import LambdaFunction
from local.program.program import Program, ProgramError, Resource
from local.program.recorder import record
from local.server import App

# The same program and the same bundle, built for the interpreter that is here.
_OVERRIDES = {"bundleTarget": "host"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A stack that is served."""

    url: str
    program: Program
    cloud: Cloud
    distribution: Distribution
    keys: list[str]
    """Of the originals that were there at the start."""


@contextlib.asynccontextmanager
async def run(
    root: Path, stack: str, images: Path, *, host: str, port: int, say: Callable[[str], None]
) -> AsyncIterator[Running]:
    """Serves while the context lasts; `say` is told progress, logs and warnings. Port 0 takes any free one.

    ProgramError for a stack that cannot be served, and for a port that cannot be used.
    """
    listener = _listen(host, port)
    with listener, Cloud(_log_file(root)) as cloud:
        program = await asyncio.to_thread(record, root, stack, overrides=_OVERRIDES)
        for kind in unknown(program):
            say(f"not imitated: {kind}")
        await asyncio.to_thread(cloud.provision, program)
        async with _distribution(program, cloud, say) as distribution:
            name = f"[{host}]" if ":" in host else host
            url = f"http://{name}:{listener.getsockname()[1]}"
            uploads = _uploads(program, cloud, images, say)
            keys = await asyncio.to_thread(_put_all, uploads, say)
            await asyncio.to_thread(cloud.begin_events, program)
            app = App(distribution, _invalidations(program, cloud, distribution))
            async with _served(app, listener), event_sources(program, cloud, url, say), _followed(uploads):
                yield Running(url=url, program=program, cloud=cloud, distribution=distribution, keys=keys)


def _log_file(root: Path) -> Path:
    path = root / "build" / "local" / "moto.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _listen(host: str, port: int) -> socket.socket:
    """Before anything slow is begun: a busy port should not take seconds to say so."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Only where the protocol is named does asyncio set TCP_NODELAY; else every answer may wait 40 ms for an ACK.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except OSError as error:
        listener.close()
        raise ProgramError(
            f"{host}:{port} cannot be used ({error.strerror}): choose another with --port or --host"
        ) from error
    return listener


@contextlib.asynccontextmanager
async def _distribution(program: Program, cloud: Cloud, say: Callable[[str], None]) -> AsyncIterator[Distribution]:
    """The declared distribution, with every behaviour's functions; ends their processes."""
    declared = program.of("aws:cloudfront/distribution:Distribution")
    if len(declared) != 1:
        raise ProgramError(f"the program declares {len(declared)} distributions; the local engine serves one")
    inputs = declared[0].inputs
    origins = {origin["originId"]: S3Origin(origin, declared[0], program, cloud) for origin in inputs["origins"]}
    running: list[LambdaFunction] = []
    behaviours: list[Behaviour] = []
    for each in [*(inputs.get("orderedCacheBehaviors") or []), inputs["defaultCacheBehavior"]]:
        viewer, behind = functions(each, program)
        origin = origins[each["targetOriginId"]]
        if behind:
            running.append(_lambda(*behind, origin.declared, program, cloud, say))
        behaviours.append(
            Behaviour(
                each,
                program,
                origin=origin,
                viewer_function=ViewerFunction(viewer) if viewer else None,
                lambda_function=running[-1] if behind else None,
            )
        )
    try:
        yield Distribution(declared[0], behaviours, say)
    finally:
        for function in running:
            await function.close()


def _lambda(
    arn: str, resource: Resource, origin: dict[str, Any], program: Program, cloud: Cloud, say: Callable[[str], None]
) -> LambdaFunction:
    role = program.find("aws:iam/role:Role", "arn", resource.inputs["role"])
    check_association(arn, resource, role)
    shield: dict[str, Any] = origin.get("originShield") or {}
    region = shield["originShieldRegion"] if shield.get("enabled") else program.region
    environment = {**cloud.role(role.outputs["arn"]), "AWS_ENDPOINT_URL_S3": cloud.url}
    return LambdaFunction(resource, root=program.root, region=region, environment=environment, log=say)


def _invalidations(program: Program, cloud: Cloud, distribution: Distribution) -> Invalidations:
    callers = Callers(program, cloud)
    arn: str = program.find("aws:cloudfront/distribution:Distribution", "id", distribution.id).outputs["arn"]
    return Invalidations(distribution.id, distribution.cache, lambda headers, action: callers.may(headers, action, arn))


def _uploads(program: Program, cloud: Cloud, images: Path, say: Callable[[str], None]) -> Uploads:
    """Into the bucket that the program exports as `originals_bucket`; what follows is S3's own events' doing."""
    bucket = program.find("aws:s3/bucket:Bucket", "bucket", program.outputs["originals_bucket"])
    return Uploads(images, cloud.client("s3", bucket.outputs["region"]), bucket.id, say)


def _put_all(uploads: Uploads, say: Callable[[str], None]) -> list[str]:
    keys: list[str] = []
    for key in uploads.put_all():
        keys.append(key)
        if len(keys) % 500 == 0:
            say(f"{len(keys)} originals put, the last is {key} ...")
    return keys


class _Server(uvicorn.Server):
    """Leaves Ctrl-C to whoever runs the engine, which has more to end than a server."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@contextlib.asynccontextmanager
async def _served(app: App, listener: socket.socket) -> AsyncIterator[None]:
    config = uvicorn.Config(
        app, lifespan="off", log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=2
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listener]))
    while not server.started and not task.done():
        await asyncio.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        await task


@contextlib.asynccontextmanager
async def _followed(uploads: Uploads) -> AsyncIterator[None]:
    stop = threading.Event()
    task = asyncio.create_task(asyncio.to_thread(uploads.follow, stop))
    try:
        yield
    finally:
        stop.set()
        await task
