"""Rules for models that ship: a complete folder with a valid card, which loads and mends."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

import torch

from mendkit_registry import ModelSpec, Registry, model_folder

from ..card import Card, read_card
from ..model import AnyModel, FindingModel, Model, load_model
from ..shipped import MOST_MB, folder_bytes
from ..training.checkpoint import INDEX, read_index
from ..training.shipping import FILES, mismatch
from .checks import Check


@dataclass(frozen=True)
class Trial:
    """A model of a plugin."""

    spec: ModelSpec
    registry: Registry

    @cached_property
    def folder(self) -> Path:
        """Its folder. Raises PluginError."""
        return model_folder(self.spec)

    @cached_property
    def card(self) -> Card:
        """Its card. Raises CardError."""
        return read_card(self.folder)

    @cached_property
    def model(self) -> AnyModel:
        """The model, loaded. Raises CheckpointError."""
        return load_model(self.folder, registry=self.registry)


def has_its_files(trial: Trial) -> str | None:
    """And no others, which each user would download."""
    found = {path.relative_to(trial.folder).as_posix() for path in trial.folder.rglob("*")}
    if missing := [name for name in FILES if name not in found]:
        return f"{trial.folder}: {missing[0]} is missing"
    extra = sorted(found - set(FILES))
    return f"{trial.folder}: {extra[0]} does not belong there" if extra else None


def has_a_card(trial: Trial) -> str | None:
    """That can be read."""
    return None if trial.card.tasks else "no tasks"


def is_small(trial: Trial) -> str | None:
    """Each user downloads it."""
    size = folder_bytes(trial.folder) / 1e6
    return f"has {size:.1f} MB, more than {MOST_MB}" if size > MOST_MB else None


def keeps_paths_to_itself(trial: Trial) -> str | None:
    """Those of the machine that trained it say nothing to others."""
    content = json.loads((trial.folder / INDEX).read_text(encoding="utf-8"))
    found = next(filter(_is_path, _texts(content)), None)
    return f"{INDEX} has the path {found}" if found else None


def _texts(content: Any) -> Iterator[str]:
    """All strings of a JSON document, but for its keys."""
    if isinstance(content, str):
        yield content
    elif isinstance(content, dict | list):
        for part in content.values() if isinstance(content, dict) else content:
            yield from _texts(part)


def _is_path(text: str) -> bool:
    return PurePosixPath(text).is_absolute() or PureWindowsPath(text).is_absolute()


def is_what_its_card_says(trial: Trial) -> str | None:
    """Its tasks, its size, its encoder and what it gives."""
    return mismatch(trial.card, read_index(trial.folder))


def loads(trial: Trial) -> str | None:
    """With the plugins that are installed."""
    return None if trial.model.tasks else "has no task"


def answers(trial: Trial) -> str | None:
    """For a square of each task; without extras, as users may have none."""
    model, tasks = trial.model, trial.model.tasks
    images = torch.rand(len(tasks), 3, model.size, model.size, generator=torch.Generator().manual_seed(0)) * 2 - 1
    if isinstance(model, Model):
        answer = model.mend(images, tasks).image
    else:
        answer = model.find(images, tasks).scores if isinstance(model, FindingModel) else images
    wrong = [task for task, output in zip(tasks, answer, strict=True) if not output.isfinite().all()]
    return f"its output for {wrong[0]} is not finite" if wrong else None


EXPORT = "export it again with `mendkit models export`"

CHECKS: tuple[Check[Trial], ...] = (
    Check("has the files of a model", has_its_files, f"{EXPORT}, and put nothing else into its folder"),
    Check("has a valid card", has_a_card, "correct the fields of card.json that the message names"),
    Check("is small enough to ship", is_small, "train a narrower model"),
    Check("has no paths of the machine that trained it", keeps_paths_to_itself, EXPORT),
    Check("is what its card says", is_what_its_card_says, "correct the card, or export the run that it describes"),
    Check("loads", loads, f"{EXPORT} from a run that this version of mendkit can load"),
    Check("gives finite outputs", answers, "train it again: its weights are damaged"),
)
