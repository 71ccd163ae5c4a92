"""A plan as tables: what feeds each task, which terms apply to whom, what steers the generator."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ..data.feeds import SynthesisedPairs
from ..data.sampling import TaskSource
from ..data.stream import task_shares
from ..training.plan import Plan, PlannedTerm


def plan_tables(plan: Plan) -> RenderableType:
    """The composition of a run, for ``mendkit train --plan``."""
    return Group(_feeds(plan), _terms(plan), *_seeing(plan), _conditioners(plan))


def _feeds(plan: Plan) -> Table:
    table = Table(
        "task",
        "supervision",
        "share",
        "weight",
        "pairs",
        "unpaired x / y",
        "synthesizers",
        title="What feeds each task",
    )
    sources = [plan.sources[name] for name in plan.names]
    shares = task_shares([source.size for source in sources], plan.config.training.temperature)
    for source, share in zip(sources, shares, strict=True):
        files = source.files
        unpaired = f"{len(files.sources)} / {len(files.targets)}"
        table.add_row(
            source.task.name,
            ", ".join([source.task.supervision, *source.task.traits]),
            f"{share:.0%}",
            f"{plan.balance[source.task.name]:.2f}",
            str(len(files.pairs)),
            unpaired,
            "\n".join(_synthesizers(source)) or "-",
        )
    return table


def _synthesizers(source: TaskSource) -> list[str]:
    feeds = (("clean", source.from_clean), ("defective", source.from_defective))
    return [
        f"{built.spec.name} on {feed.size} {kind} images{_with(feed, built.spec.resources)}"
        for kind, feed in feeds
        if feed
        for built in feed.synthesizers
    ]


def _with(feed: SynthesisedPairs, kinds: tuple[str, ...]) -> str:
    counts = [f"{len(feed.resources.refs(kind))} {kind}" for kind in kinds]
    return f", {', '.join(counts)}" if counts else ""


def _terms(plan: Plan) -> Table:
    table = Table("term", "plugin", "weight", "every", "samples", "tasks", title="Loss of the generators")
    for term in plan.terms:
        if term.weight > 0 and plan.reach(term):
            table.add_row(term.name, term.plugin, f"{term.weight:g}", _cadence(term), term.applies, _tasks(plan, term))
    return table


def _seeing(plan: Plan) -> Iterator[Text]:
    """By what network terms compare images, or that they cannot."""
    if plan.features:
        yield Text(f"features: {plan.features.network}")
    yield from map(Text, plan.remarks)


def _cadence(term: PlannedTerm) -> str:
    return "step" if term.every == 1 else f"{term.every} steps"


def _tasks(plan: Plan, term: PlannedTerm) -> str:
    reached = plan.reach(term)
    return "all" if reached == plan.names else "\n".join(reached)


def _conditioners(plan: Plan) -> Table:
    extras = ["extras"] if plan.extras else []
    table = Table("site", "conditioner", "tasks", *extras, title="What steers the generator")
    labels = plan.config.model
    table.add_row("encoded", "attention to g" if labels.group_label else "(g switched off)", "all")
    table.add_row("middle", "attention to eta" if labels.type_label else "(eta switched off)", "all")
    for spec in plan.conditioners:
        tasks = [name for name in plan.names if spec.covers(name)]
        own = [extra.name for extra in plan.extras if any(map(extra.covers, tasks))]
        table.add_row(spec.site, spec.name, "\n".join(tasks), *(["\n".join(own)] if extras else []))
    return table
