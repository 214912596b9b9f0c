"""Stand in for the AWS provider under Pulumi's real engine: speak the provider protocol, and create nothing.

The engine starts an executable `pulumi-resource-aws` on the PATH instead of the plugin. `pulumi_cli` writes one that
runs this module, and sets STAND_IN_FOLDER. The folder contains:

    account.json     the resources that exist (see account.py)
    calls.jsonl      one line per create, update and delete
    failures.json    the calls to refuse once, such as ["create s3.Bucket originals"]
    refused.jsonl    one line per call that was refused for this reason

https://github.com/pulumi/pulumi/blob/master/proto/pulumi/provider.proto describes the protocol.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from concurrent import futures
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.protobuf.json_format import MessageToDict
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from local.program.resource_outputs import provider_call, resource_outputs
from tests.engine.account import Account, Refused
from tests.engine.input_checks import find_problems
from tests.engine.replacements import (
    AUTONAMED,
    automatic_name,
    deletes_before_replacing,
    replaced,
    unknown_outputs,
)
from tests.engine.wire_values import UNKNOWN, label, parse, split_urn, to_struct, without_archive_paths


class StandInProvider(provider_pb2_grpc.ResourceProviderServicer):
    """The provider of one run of Pulumi. The resources that exist are in the account's file."""

    def __init__(self, folder: Path) -> None:
        self._account = Account(folder / "account.json")
        self._calls = folder / "calls.jsonl"
        self._refused = folder / "refused.jsonl"
        failures = folder / "failures.json"
        self._failures: set[str] = set(json.loads(failures.read_text())) if failures.exists() else set()
        if self._refused.exists():
            self._failures -= {json.loads(line) for line in self._refused.read_text().splitlines()}
        self._region = ""

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802
        return plugin_pb2.PluginInfo(version=metadata.version("pulumi_aws"))

    def CheckConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return provider_pb2.CheckResponse(inputs=request.news)

    def DiffConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        return _diff_response(_changed_keys(parse(request.olds), parse(request.news)), [])

    def Configure(self, request: Any, context: Any) -> Any:  # noqa: N802
        self._region = parse(request.args).get("region", "us-east-1")
        # Without this answer, the engine does not apply `pulumi:autonaming`.
        return provider_pb2.ConfigureResponse(supportsPreview=True, supports_autonaming_configuration=True)

    def Invoke(self, request: Any, context: Any) -> Any:  # noqa: N802
        region = parse(request.args).get("region") or self._region
        return provider_pb2.InvokeResponse(**{"return": to_struct(provider_call(request.tok, region=region))})

    def Check(self, request: Any, context: Any) -> Any:  # noqa: N802
        _, type_, _ = split_urn(request.urn)
        inputs, old = MessageToDict(request.news), parse(request.olds)
        problems = find_problems(type_, parse(request.news))
        key = AUTONAMED.get(type_)
        # The real provider marks automatic names in the same way.
        inputs["__defaults"] = [key] if key and key not in inputs else []
        if key and key not in inputs:
            try:
                inputs[key] = old.get(key) or automatic_name(type_, request.autonaming.proposed_name)
            except ValueError as error:
                problems.append(str(error))
        failures = [provider_pb2.CheckFailure(reason=problem) for problem in problems]
        return provider_pb2.CheckResponse(inputs=to_struct(inputs), failures=failures)

    def Diff(self, request: Any, context: Any) -> Any:  # noqa: N802
        _, type_, _ = split_urn(request.urn)
        old, new = parse(request.old_inputs), parse(request.news)
        changed = _changed_keys(old, new)
        region = parse(request.olds).get("region", "")
        replacing = replaced(type_, old, new, old_region=region, region=self._region)
        changed = sorted({*changed, *replacing})
        return _diff_response(changed, replacing, delete_first=deletes_before_replacing(type_, new))

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        stack, type_, name = split_urn(request.urn)
        if request.preview:
            return provider_pb2.CreateResponse(properties=request.properties)
        inputs = parse(request.properties)
        with self._call("create", request.urn, context):
            # The time in the digest gives a resource that replaces another one a new id.
            id_, outputs = resource_outputs(
                type_, name, inputs, region=self._region, stack=f"{stack} {time.monotonic_ns()}"
            )
            self._account.create(id_, type_, name, inputs, outputs)
        return provider_pb2.CreateResponse(id=id_, properties=to_struct(MessageToDict(request.properties) | outputs))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        _, type_, _ = split_urn(request.urn)
        new, old = parse(request.news), parse(request.olds)
        unknown = unknown_outputs(type_, _changed_keys(parse(request.old_inputs), new), new)
        properties = MessageToDict(request.olds) | MessageToDict(request.news)
        if request.preview:
            # A saved plan is violated if a preview reports an output as known and the update changes the output.
            return provider_pb2.UpdateResponse(properties=to_struct(properties | dict.fromkeys(unknown, UNKNOWN)))
        if "version" in unknown:
            version = str(int(old["version"]) + 1)
            properties |= {"version": version, "qualifiedArn": f"{old['arn']}:{version}"}
        with self._call("update", request.urn, context):
            self._account.update(type_, request.id, old, new)
        return provider_pb2.UpdateResponse(properties=to_struct(properties))

    def Read(self, request: Any, context: Any) -> Any:  # noqa: N802
        _, type_, _ = split_urn(request.urn)
        id_ = request.id if self._account.exists(type_, request.id, parse(request.properties)) else ""
        return provider_pb2.ReadResponse(id=id_, properties=request.properties, inputs=request.inputs)

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        _, type_, _ = split_urn(request.urn)
        with self._call("delete", request.urn, context):
            self._account.delete(type_, request.id, parse(request.properties))
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    @contextmanager
    def _call(self, operation: str, urn: str, context: Any) -> Iterator[None]:
        """Fail the call if the test wants it to fail, or if AWS would refuse it. Log a call that succeeds."""
        _, type_, name = split_urn(urn)
        call = f"{operation} {label(type_, name)}"
        if call in self._failures:
            _append_line(self._refused, call)
            context.abort(grpc.StatusCode.UNKNOWN, "refused by the test")
        try:
            yield
        except Refused as refused:
            context.abort(grpc.StatusCode.UNKNOWN, str(refused))
        _append_line(self._calls, [operation, label(type_, name)])


def _append_line(path: Path, value: Any) -> None:
    with path.open("a") as file:  # One short write in append mode is atomic.
        file.write(json.dumps(value) + "\n")


def _changed_keys(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    old, new = without_archive_paths(old), without_archive_paths(new)
    return sorted(key for key in old.keys() | new.keys() if key != "__defaults" and old.get(key) != new.get(key))


def _diff_response(changed: list[str], replacing: list[str], *, delete_first: bool = False) -> Any:
    some, none = provider_pb2.DiffResponse.DIFF_SOME, provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some if changed else none,
        diffs=changed,
        replaces=replacing,
        deleteBeforeReplace=bool(replacing) and delete_first,
    )


def main() -> None:
    """Serve the provider on a free port, and print the port as the engine expects it."""
    server = grpc.server(futures.ThreadPoolExecutor(16), options=[("grpc.max_receive_message_length", 1 << 28)])
    provider = StandInProvider(Path(os.environ["STAND_IN_FOLDER"]))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(provider, server)
    sys.stdout.write(f"{server.add_insecure_port('127.0.0.1:0')}\n")
    sys.stdout.flush()
    server.start()
    server.wait_for_termination()


if __name__ == "__main__":
    main()
