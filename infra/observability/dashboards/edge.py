"""The part of the dashboard about the edge function, under the name that its replicas report in each Region."""

from collections.abc import Iterator, Mapping
from typing import Final

from infra.observability.dashboards.context import DashboardContext
from infra.observability.dashboards.widgets import Entry, Metric, Widget, expression, graph, metric, text

_RUNBOOKS: Final = (
    *("edge-error-rate", "processing-duration", "edge-throttles", "edge-concurrency"),
    *("invocations-band", "cold-start-band"),
)


def edge_rows(context: DashboardContext) -> Iterator[list[Widget]]:
    """Yield the rows of widgets."""
    region = context.edge_regions[0]
    yield [text(f"## Edge function\nRunbooks: {', '.join(map(context.runbook, _RUNBOOKS))}", height=2)]
    yield [
        graph(
            "Invocations",
            _lines(context, "Invocations", "Sum"),
            region=region,
            unit="per 5 minutes",
            stacked=True,
        ),
        graph("Errors", _errors(context), region=region, unit="per 5 minutes", stacked=True),
        graph(
            "Error rate",
            _rate(context, "FILL(errors{0}, 0) + FILL(failures{0}, 0)", {"errors": "Errors"}, ("RenderFailures",)),
            region=region,
            unit="%",
            limits=[context.limit("edgeErrorRate", "%")],
        ),
    ]
    yield [
        graph(
            "Duration of an invocation",
            _durations(context),
            region=region,
            unit="ms",
            limits=[context.limit("processingDuration", "ms")],
        ),
        graph(
            "Throttles",
            _lines(context, "Throttles", "Sum"),
            region=region,
            unit="per 5 minutes",
            limits=[context.limit("edgeThrottles", "invocations")],
        ),
        graph(
            "Concurrent invocations",
            _lines(context, "ConcurrentExecutions", "Maximum"),
            region=region,
            unit="invocations",
        ),
    ]
    yield [
        graph(
            "Share of cold starts",
            _rate(context, "FILL(cold{0}, 0)", {}, ("ColdStarts",)),
            region=region,
            unit="%",
            width=12,
        ),
        *_most_rendered(context),
    ]


def _lines(context: DashboardContext, name: str, stat: str) -> list[Entry]:
    label = stat if stat.startswith("p") else ""
    return [
        metric(context.edge_metric(name, region), stat=stat, label=f"{label} {region}".strip())
        for region in context.edge_regions
    ]


def _durations(context: DashboardContext) -> list[Entry]:
    median = _lines(context, "Duration", "p50") if len(context.edge_regions) == 1 else []
    return [*median, *_lines(context, "Duration", "p99")]


def _errors(context: DashboardContext) -> list[Entry]:
    """Return the errors of Lambda and the failed renders of the only Region, or their sum in each Region."""
    region, *other_regions = context.edge_regions
    if other_regions:
        return _sums(context)
    return [
        metric(context.edge_metric("Errors", region), stat="Sum", label="errors of Lambda"),
        metric(context.image_metric("RenderFailures", region), stat="Sum", label="failed renders"),
    ]


def _sums(context: DashboardContext) -> list[Entry]:
    entries: list[Entry] = []
    for index, region in enumerate(context.edge_regions):
        sources = {f"errors{index}": context.edge_metric("Errors", region)}
        sources[f"failures{index}"] = context.image_metric("RenderFailures", region)
        entries += _operands(sources)
        total = " + ".join(f"FILL({id_}, 0)" for id_ in sources)
        entries.append(expression(total, label=region, id_=f"sum{index}"))
    return entries


def _operands(sources: Mapping[str, Metric]) -> list[Entry]:
    """Return the metrics that only an expression uses, by the ids that the expression has for them."""
    return [metric(source, stat="Sum", label=source.name, id_=id_, visible=False) for id_, source in sources.items()]


def _rate(context: DashboardContext, part: str, of_lambda: dict[str, str], of_images: tuple[str, ...]) -> list[Entry]:
    """Return `part` in percent of the invocations, for each Region. `{0}` in `part` is the number of the Region."""
    ids = {"RenderFailures": "failures", "ColdStarts": "cold"}
    entries: list[Entry] = []
    for index, region in enumerate(context.edge_regions):
        sources = {f"calls{index}": context.edge_metric("Invocations", region)}
        sources |= {f"{id_}{index}": context.edge_metric(name, region) for id_, name in of_lambda.items()}
        sources |= {f"{ids[name]}{index}": context.image_metric(name, region) for name in of_images}
        entries += _operands(sources)
        rate = f"100 * ({part.format(index)}) / calls{index}"
        entries.append(expression(rate, label=region, id_=f"rate{index}"))
    return entries


def _most_rendered(context: DashboardContext) -> Iterator[Widget]:
    """Yield the graph of the most rendered original. Its expression has no metric, so it works in one Region only."""
    if context.insight_rule and len(context.edge_regions) == 1:
        rule = f"INSIGHT_RULE_METRIC('{context.insight_rule}', 'MaxContributorValue')"
        yield graph(
            "Renders of the most rendered original",
            [expression(rule, label="renders of one original", id_="renders")],
            region=context.edge_regions[0],
            unit="per hour",
            width=12,
            period=3600,
            limits=[context.limit("rendersPerOriginal", "renders an hour")],
        )
