"""The models that installed plugins ship, and what the path or name of a model stands for. Imports no torch."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mendkit_registry import ModelSpec, PluginError, Registry, UnknownNameError, load, model_folder
from mendkit_registry.models import CARD

from .card import Card, read_card
from .errors import CardError, CheckpointError, MendkitError
from .files import exists

MOST_MB = 20
"""The largest model that ships, unless its author says otherwise. A MB is 1,000,000 bytes."""


class ShippedModel(NamedTuple):
    """A model that a plugin ships.

    Args:
        name: under which users find it.
        folder: of its files.
        plugin: the name of the plugin.
    """

    name: str
    folder: Path
    card: Card
    plugin: str

    def mends(self, task: str | None) -> bool:
        """Whether it mends photos of the task; None: of any."""
        return self.card.gives == "image" and (task is None or task in self.card.tasks)


class Shipped(NamedTuple):
    """The models by rank, the highest first, and what is wrong with those that cannot be used."""

    models: tuple[ShippedModel, ...]
    faults: tuple[str, ...]


def shipped_models(registry: Registry | None = None) -> Shipped:
    """All models of the plugins of ``registry``; None: of the installed ones. Only cards are read."""
    registry = registry or load()
    models, faults = list[ShippedModel](), list[str]()
    for spec in registry[ModelSpec].values():
        try:
            folder = model_folder(spec)
            models.append(ShippedModel(spec.name, folder, read_card(folder), registry.plugin_of(spec).name))
        except (PluginError, CardError) as error:
            faults.append(f"{registry.plugin_of(spec)}: {error}")
    return Shipped(tuple(sorted(models, key=lambda model: (-model.card.rank, model.name))), tuple(faults))


def find_model(given: Path | str, registry: Registry | None = None) -> Path:
    """The folder of a model that a user names: a path if there is one, else the name of an installed model.

    Raises:
        CheckpointError: it is neither; lists the installed models, and the nearest names.
        PluginError: the plugin does not have the folder.
    """
    if exists(Path(given)):
        return Path(given)
    models = (registry or load())[ModelSpec]
    if str(given) in models:
        return model_folder(models[str(given)])
    fault = UnknownNameError("installed model", str(given), models)
    installed = f"; installed: {', '.join(models)}" if fault.nearest else ""
    raise CheckpointError(f"{given}: is not a run, as `mendkit train` writes it, and there is {fault}{installed}")


def default_model(task: str | None = None, registry: Registry | None = None) -> ShippedModel:
    """The model to use if none is named: of those that mend the task, that of the highest rank. None: of all.

    Raises:
        MendkitError: no installed model mends it; names the models and their tasks.
        UnknownNameError: no plugin has such a task, either.
    """
    registry = registry or load()
    shipped = shipped_models(registry)
    if found := next((model for model in shipped.models if model.mends(task)), None):
        return found
    if task is not None and not shipped.faults:
        registry.task(task)
    raise MendkitError("\n".join([_none_mends(task, shipped), *shipped.faults]))


def _none_mends(task: str | None, shipped: Shipped) -> str:
    known = "; ".join(f"{model.name} ({', '.join(model.card.tasks)})" for model in shipped.models if model.mends(None))
    return (
        f"no installed model mends {task or 'photos'} (installed: {known or 'none'}); train one with "
        f"`mendkit train --tasks {task or 'TASK'} --data DATA --out RUN`, and name the run as the model"
    )


def default_tasks(shipped: Shipped) -> dict[str, list[str]]:
    """By the name of a model, the tasks that it mends if no model is named."""
    chosen: dict[str, str] = {}
    for model in shipped.models:
        for task in model.card.tasks if model.mends(None) else ():
            chosen.setdefault(task, model.name)
    return {model.name: [task for task, name in chosen.items() if name == model.name] for model in shipped.models}


def is_shipped(folder: Path) -> bool:
    """Whether a folder is a model that ships: nothing else may be written into it."""
    return (folder / CARD).is_file()


def folder_bytes(folder: Path) -> int:
    """The size of the files of a model."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def short_name(path: Path) -> str:
    """What a model is called where its whole path does not matter: its installed name, or the end of its path."""
    installed = (model.name for model in shipped_models().models if model.folder.samefile(path))
    return next(installed, "/".join(path.absolute().parts[-2:]))
