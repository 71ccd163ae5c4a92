"""A run from its configuration: open the data, compose the plan, make or restore the state, train."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from mendkit_registry import DatasetSpec, load

from ..config import RunConfig
from ..data.catalogue import Catalogue
from ..data.opening import open_catalogue
from ..errors import CheckpointError, ConfigError
from ..files import only_writer
from ..networks.pretrained import FeatureWeights, find_features
from .best import BestKeeper, watch_best
from .checkpoint import find_checkpoint, read_index, restore
from .devices import Ranks, is_first, pick_device
from .extension import extended, extended_state
from .loop import Progress, Silent, Watcher, train
from .plan import Plan, compose_plan
from .samples import SampleSheets
from .start import start_from_encoder, start_from_model
from .state import TrainingState, new_state

ProgressFactory = Callable[[], AbstractContextManager[Progress]]
"""Makes a progress display, which is shown while its context is open."""
Watch = Callable[[Plan, Catalogue], Iterable[Watcher]]
"""Makes the watchers of a run from its plan and its data."""


def no_watchers(plan: Plan, catalogue: Catalogue) -> Iterable[Watcher]:
    """No watchers."""
    return ()


def plan_run(config: RunConfig, known: Collection[str] = (), *, fresh: bool = True) -> tuple[Plan, Catalogue]:
    """Compose the plan of ``config`` with the installed plugins. A broken plugin is an error here.

    Args:
        known: tasks to leave out, because the model that is trained further knows them.
        fresh: whether the run starts, and does not go on from weights that are there.

    Raises:
        PluginError, UnknownNameError, FactoryError: the registry lacks what the configuration needs.
        DataError: the data lacks it.
    """
    registry = load(strict=True)
    catalogue = open_catalogue(config.data, registry.tasks, registry[DatasetSpec].values())
    return compose_plan(config, registry, catalogue, known=known, fresh=fresh), catalogue


def is_run(run: Path) -> bool:
    """Whether there is something to resume in ``run``."""
    try:
        return find_checkpoint(run).exists()
    except CheckpointError:
        return False


def start_run(config: RunConfig, run: Path, progress: ProgressFactory, watch: Watch = no_watchers) -> bool:
    """Train from fresh weights into the new directory ``run``. Returns whether the budget is spent.

    Args:
        watch: makes watchers in addition to the sample sheets.

    Raises:
        ConfigError: ``run`` already holds a run, or its path is not UTF-8.
    """
    _require_new(run)
    plan, catalogue = plan_run(config)
    state = new_state(plan.blueprint(), plan.registry, pick_device(config.training.device), plan.terms)
    if plan.encoder:
        start_from_encoder(state, plan.encoder)
    if config.training.start:
        start_from_model(state, config.training.start)
    return _train(plan, state, run, progress, _watchers(plan, catalogue, watch))


def extend_run(
    base: Path,
    config: RunConfig,
    run: Path,
    progress: ProgressFactory,
    *,
    unfreeze: bool = False,
    watch: Watch = no_watchers,
) -> bool:
    """Add the tasks of ``config`` that the run ``base`` does not know to its model, in the new directory ``run``.

    The model's outputs for its old tasks stay the same, bit for bit.

    Args:
        unfreeze: train all weights on all tasks instead; ``config`` must have those of ``base`` as well.
        watch: as for ``start_run``.

    Returns:
        Whether the budget is spent.

    Raises:
        CheckpointError: ``base`` is not a run that can be continued.
        ConfigError: ``run`` already holds a run, there is nothing to add, or a task would be forgotten.
    """
    _require_new(run)
    index = read_index(base)
    plan, catalogue = plan_run(config, known=() if unfreeze else index.tasks, fresh=False)
    state = extended_state(base, index, extended(base, index, plan), plan, pick_device(config.training.device))
    return _train(plan, state, run, progress, _watchers(plan, catalogue, watch))


def _require_new(run: Path) -> None:
    try:
        str(run.absolute()).encode()
    except UnicodeEncodeError:
        raise ConfigError(f"{run}: TensorBoard needs a path in UTF-8; choose another --out") from None
    if is_run(run):
        raise ConfigError(f"{run} already holds a run; resume it with --resume {run}, or choose another --out")


def resume_run(run: Path, progress: ProgressFactory, watch: Watch = no_watchers) -> bool:
    """Continue a run exactly as if it had not stopped. Returns whether the budget is spent.

    Args:
        watch: as for ``start_run``.

    Raises:
        CheckpointError: no checkpoint, or the data and plugins now give different tasks, or the file of feature weights
            has changed.
        ConfigError: another process trains this run.
    """
    index = read_index(run)
    plan, catalogue = plan_run(index.config, index.known, fresh=False)
    learning = [task for task in index.tasks if task not in index.known]
    if sorted(plan.names) != sorted(learning):
        raise CheckpointError(
            f"{find_checkpoint(run)}: was trained for {', '.join(learning)}, but plugins and data now give "
            f"{', '.join(plan.names)}; restore what is missing, or start a new run"
        )
    if plan.features != index.features:
        raise CheckpointError(
            f"{find_checkpoint(run)}: outputs were compared by {_said(index.features)}, but training.features now has "
            f"{_said(plan.features)}; restore the original file"
        )
    # Measured only once: with more photos, the loss would change.
    plan = replace(plan, stored_balance=index.balance or None)
    state = new_state(index, plan.registry, pick_device(index.config.training.device), plan.terms)
    restore(state, run, index)
    return _train(plan, state, run, progress, _watchers(plan, catalogue, watch))


def _said(weights: FeatureWeights | None) -> str:
    return f"{weights.network} (SHA-256 {weights.digest[:8]})" if weights else "no network"


def _train(plan: Plan, state: TrainingState, run: Path, progress: ProgressFactory, watchers: list[Watcher]) -> bool:
    with Ranks.joined(state.device) as ranks:
        if ranks.rank > 0:
            return train(plan, state, run, Silent(), ranks=ranks)
        with only_writer(run), progress() as display:
            return train(plan, state, run, display, watchers=watchers, ranks=ranks)


def _watchers(plan: Plan, catalogue: Catalogue, watch: Watch) -> list[Watcher]:
    if not is_first():
        return []
    sheets = SampleSheets.of(plan, catalogue) if plan.learner.gives == "image" else None
    best = _best_keepers(plan, catalogue) if plan.config.training.keep_best else []
    return [*([sheets] if sheets else []), *best, *watch(plan, catalogue)]


def _best_keepers(plan: Plan, catalogue: Catalogue) -> list[BestKeeper]:
    config = plan.config.training
    return watch_best(plan, catalogue, find_features(config.features, str(pick_device(config.device))))
