"""A plan as tables: what feeds each task, which terms apply to whom, what steers the generator."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group, RenderableType
from rich.table import Column
from rich.text import Text

from ..data.feeds import SynthesisedPairs
from ..data.proportions import misfits, size_in_header
from ..data.stream import shares_of
from ..training.plan import Plan
from ..training.start import origin_of
from ..training.terms import PlannedTerm
from .words import WordTable

LOOKED_AT = 200
"""The proportions of at most so many pairs of a task are compared, at equal distances."""


def plan_tables(plan: Plan) -> RenderableType:
    """The composition of a run, for ``mendkit train --plan``."""
    made = _synthesizers(plan)
    kept = _transforms(plan)
    return Group(
        _feeds(plan),
        *([made] if made.rows else []),
        *_misfits(plan),
        _terms(plan),
        *_seeing(plan),
        *_start(plan),
        _conditioners(plan),
        *([kept] if kept.rows else []),
    )


def _table(*columns: str, title: str) -> WordTable:
    """A table whose cells are folded where they must, and never cut."""
    return WordTable(*(Column(name, overflow="fold") for name in columns), title=title, title_justify="left")


def _feeds(plan: Plan) -> WordTable:
    table = _table(
        "task",
        "supervision",
        "share",
        "weight",
        "pairs",
        "unpaired x / y",
        title="What feeds each task",
    )
    sources = [plan.sources[name] for name in plan.names]
    shares = shares_of(sources, plan.config.training)
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
        )
    return table


def _misfits(plan: Plan) -> Iterator[Text]:
    """How many of some pairs of each task have sides of different proportions; no image is decoded for it."""
    for source in (plan.sources[name] for name in plan.names):
        pairs = source.files.pairs
        looked_at = pairs[:: -(-len(pairs) // LOOKED_AT) or 1]
        found = [] if source.task.geometric else list(misfits(source.task.name, looked_at, size_in_header))
        if found:
            yield Text(
                f"{len(found):,} of {len(looked_at):,} pairs that were looked at have sides of different proportions, "
                "so the product lies elsewhere in source and target; `mendkit data check` lists all, such as\n"
                f"  {found[0]}",
                "yellow",
            )


def _synthesizers(plan: Plan) -> WordTable:
    table = _table("task", "synthesizer", "makes pairs from", title="Synthesizers")
    for name in plan.names:
        source = plan.sources[name]
        feeds = (("clean", source.from_clean), ("defective", source.from_defective))
        for kind, feed in ((kind, feed) for kind, feed in feeds if feed):
            for built in feed.synthesizers:
                images = f"{feed.size} {kind} images{_with(feed, built.spec.resources)}"
                table.add_row(name, built.spec.name, images)
    return table


def _with(feed: SynthesisedPairs, kinds: tuple[str, ...]) -> str:
    counts = [f"{len(feed.resources.refs(kind))} {kind}" for kind in kinds]
    return f", {', '.join(counts)}" if counts else ""


def _terms(plan: Plan) -> WordTable:
    table = _table("term", "plugin", "weight", "every", "items", "tasks", title="Loss of the generators")
    for term in plan.terms:
        if term.follows is None and plan.reach(term):  # what follows goes with it, by the same rule
            table.add_row(term.name, term.plugin, f"{term.weight:g}", _cadence(term), term.applies, _tasks(plan, term))
    return table


def _seeing(plan: Plan) -> Iterator[Text]:
    """By what network terms compare images, or that they cannot."""
    if plan.features:
        yield Text(f"features: {plan.features.network}")
    yield from map(Text, plan.remarks)


def _start(plan: Plan) -> Iterator[Text]:
    """The model whose weights the run starts from."""
    if plan.config.training.start:
        yield Text(f"starts from: {origin_of(plan.config.training.start)}")


def _cadence(term: PlannedTerm) -> str:
    return "step" if term.every == 1 else f"{term.every} steps"


def _tasks(plan: Plan, term: PlannedTerm) -> str:
    reached = plan.reach(term)
    return "all" if reached == plan.names else "\n".join(reached)


def _conditioners(plan: Plan) -> WordTable:
    extras = ["extras"] if plan.extras else []
    table = _table("site", "conditioner", "tasks", *extras, title="What steers the generator")
    labels = plan.config.model
    table.add_row("encoded", "attention to g" if labels.group_label else "(g switched off)", "all")
    table.add_row("middle", "attention to eta" if labels.type_label else "(eta switched off)", "all")
    for spec in plan.conditioners:
        tasks = [name for name in plan.names if spec.covers(name)]
        own = [extra.name for extra in plan.extras if any(map(extra.covers, tasks))]
        table.add_row("\n".join(spec.sites), spec.name, "\n".join(tasks), *(["\n".join(own)] if extras else []))
    return table


def _transforms(plan: Plan) -> WordTable:
    table = _table("transform", "tasks", title="What changes the pixels that are kept")
    for used in plan.blueprint().transforms:
        table.add_row(used.name, "\n".join(used.tasks))
    return table
