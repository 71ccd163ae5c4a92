"""Rules for learners: networks by name, used by its roles and its answer, and weights from the seed.

A learner is tested as a tiny model of two made-up tasks.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from mendkit_registry import LearnerSpec, LossSpec, Registry, build

from ..config import ModelConfig, RunConfig, TrainingConfig
from ..contracts import Learner
from ..contracts.finding import Findings
from ..contracts.guidance import LabelTable
from ..contracts.mended import Mended
from ..errors import described
from ..networks.blueprint import Blueprint
from . import effects
from .checks import Check

SIZE = 32
"""Side of the images, px."""
TASKS = ("any.one", "any.other")
BATCH = 2


def given(spec: LearnerSpec, registry: Registry) -> dict[str, Any]:
    """The arguments of its factory besides the options."""
    config = RunConfig(
        learner=spec.name, model=ModelConfig(width=4, blocks=2), training=TrainingConfig(size=SIZE, device="cpu")
    )
    blueprint = Blueprint(learner=spec.name, tasks=TASKS, config=config)
    return {"blueprint": blueprint, "registry": registry, "needs": frozenset[str]()}


def new(spec: LearnerSpec, registry: Registry, seed: int = 0) -> Learner:
    """A tiny learner with its networks, made as training makes them with that seed.

    Raises:
        FactoryError: it cannot be built.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        learner: Learner = build(spec, Learner, **given(spec, registry))
        learner.networks()
    return learner


@dataclass(frozen=True)
class Trial:
    """A learner; ``new(seed=0)`` makes it."""

    spec: LearnerSpec
    new: Callable[..., Learner]

    @cached_property
    def learner(self) -> Learner:
        """A learner."""
        return self.new()

    def answer(self) -> Any:
        """Its output for two photos, one of each task."""
        images = torch.rand(BATCH, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(0)) * 2 - 1
        with torch.no_grad():
            return self.learner.answering().eval()(images, LabelTable(TASKS).guidance(TASKS))


def has_networks(trial: Trial) -> str | None:
    """With names that work as file names."""
    networks = trial.learner.networks()
    if not isinstance(networks, Mapping) or not networks:
        return f"networks() returned {described(networks)}, not a mapping with at least one network"
    for name, network in networks.items():
        if not isinstance(name, str) or not name.isidentifier():
            return f"a network is named {name!r}, which is not a word"
        if not isinstance(network, nn.Module):
            return f"{name} is a {type(network).__name__}, not a torch.nn.Module"
    return None


def answers_with_a_network(trial: Trial) -> str | None:
    """Otherwise its weights would not be trained or stored."""
    answering = trial.learner.answering()
    known = any(network is answering for network in trial.learner.networks().values())
    return None if known else f"answering() returned a {type(answering).__name__} that is not in networks()"


def has_roles(trial: Trial) -> str | None:
    """An optimiser needs weights."""
    networks, roles = trial.learner.networks(), trial.learner.roles
    idle = [role for role, names in roles.items() if not set(names) & set(networks)]
    if idle:
        return f"the role {idle[0]!r} names {', '.join(roles[idle[0]]) or 'nothing'}; there are {', '.join(networks)}"
    return None if roles else "has no role, so nothing is trained"


def offers_names(trial: Trial) -> str | None:
    """Terms refer to them."""
    offers = trial.learner.offers
    wrong = offers if isinstance(offers, str) else next((name for name in offers if not isinstance(name, str)), None)
    return None if wrong is None else f"offers {wrong!r}, not names"


def depends_on_the_seed_alone(trial: Trial) -> str | None:
    """Two with the same seed have equal weights."""
    for name, network in trial.new(seed=1).networks().items():
        weights, again = network.state_dict(), trial.new(seed=1).networks()[name].state_dict()
        if differing := [key for key in weights if not _equal(weights[key], again.get(key))]:
            return f"{name}: {differing[0]} differs with the same seed"
    return None


def is_stored(trial: Trial) -> str | None:
    """Like a checkpoint: the weights of one load into another, which is then the same."""
    others = trial.new(seed=1).networks()
    for name, network in trial.learner.networks().items():
        others[name].load_state_dict(network.state_dict())
        weights = others[name].state_dict()
        if lost := [key for key, value in network.state_dict().items() if not _equal(value, weights.get(key))]:
            return f"{name}: {lost[0]} is lost"
    return None


def answers(trial: Trial) -> str | None:
    """For two photos."""
    return ANSWERS[trial.spec.gives](trial.answer())


def has_no_effects(trial: Trial) -> str | None:
    """Except draws from torch's generator."""
    with effects.watched(torch_draws=True) as found:
        trial.new()
        trial.answer()
    return " and ".join(found) or None


def _equal(one: Tensor, other: Tensor | None) -> bool:
    return other is not None and one.equal(other)


def _is_image(answer: Any) -> str | None:
    if not isinstance(answer, Mended):
        return f"returned {described(answer)}, not mendkit.contracts.mended.Mended"
    return _is_finite(answer.image, (BATCH, 3, SIZE, SIZE), "images")


def _is_finding(answer: Any) -> str | None:
    if not isinstance(answer, Findings):
        return f"returned {described(answer)}, not mendkit.contracts.finding.Findings"
    if problem := _is_finite(answer.scores, (BATCH, len(TASKS)), "scores"):
        return problem
    outside = answer.scores[(answer.scores < 0) | (answer.scores > 1)]
    return f"returned a score of {outside[0].item():.3g}" if len(outside) else None


def _is_embedding(answer: Any) -> str | None:
    if not isinstance(answer, Tensor) or answer.dim() != 2:
        return f"returned {described(answer)}, not a tensor [{BATCH}, D]"
    return _is_finite(answer, (BATCH, answer.shape[1]), "embeddings")


def _is_finite(values: Any, shape: tuple[int, ...], what: str) -> str | None:
    if not isinstance(values, Tensor) or not values.is_floating_point() or values.shape != shape:
        return f"returned {described(values)} as {what}, not a float tensor {list(shape)}"
    return None if values.isfinite().all() else f"returned {what} that are not finite"


ANSWERS: Mapping[str, Callable[[Any], str | None]] = {
    "image": _is_image,
    "finding": _is_finding,
    "embedding": _is_embedding,
}
"""What is wrong with an answer, by the kind of answer in the spec."""

CHECKS: tuple[Check[Trial], ...] = (
    Check(
        "has networks with names",
        has_networks,
        "return a dict of torch.nn.Modules from networks(), with words as keys: they name the files of the checkpoint",
    ),
    Check("answers with one of its networks", answers_with_a_network, "return one of networks() from answering()"),
    Check("has roles that train networks", has_roles, "let each role name a network in networks()"),
    Check("offers names", offers_names, "let `offers` be a tuple of names, such as pass_names(MyPasses)"),
    Check(
        "draws its weights from the seed",
        depends_on_the_seed_alone,
        "draw weights only from torch's generator, and make all networks when networks() is first called",
    ),
    Check(
        "can be stored and restored",
        is_stored,
        "keep all trained values in parameters and buffers, with shapes that depend only on the blueprint",
    ),
    Check(
        "answers as its spec says",
        answers,
        "return Mended for LearnerSpec(gives='image'), Findings with scores [N, T] in [0, 1] for 'finding', and a "
        "tensor [N, D] for 'embedding'",
    ),
    Check("has no side effects", has_no_effects, effects.REMEDY),
)


@dataclass(frozen=True)
class TermTrial:
    """The spec of a term, and its learner."""

    spec: LossSpec
    registry: Registry


def goes_with_its_learner(trial: TermTrial) -> str | None:
    """The learner is installed, and has the role and everything that the term needs."""
    spec = trial.spec
    of = trial.registry.find(LearnerSpec, spec.learner)
    learner = build(of, Learner, **given(of, trial.registry))
    for kind, asked, known in (("role", (spec.role,), learner.roles), ("needs", spec.needs, learner.offers)):
        if unknown := [name for name in asked if name not in known]:
            return f"{kind}: {spec.learner} has no {unknown[0]!r}; it has {', '.join(sorted(known))}"
    return None


TERM_CHECKS: tuple[Check[TermTrial], ...] = (
    Check("goes with its learner", goes_with_its_learner, "name an installed learner, and only what it has"),
)
