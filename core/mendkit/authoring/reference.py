"""The reference for authors of plugins as Markdown, read from the code: hooks, specs, contracts, data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from inspect import get_annotations, getdoc, isfunction, signature
from textwrap import indent
from typing import Any

from pydantic.fields import FieldInfo

from mendkit_registry.errors import with_article
from mendkit_registry.hookspecs import HOOKS
from mendkit_registry.kinds import KINDS
from mendkit_registry.specs import Metric, Spec

from ..contracts import (
    Conditioner,
    Evaluator,
    Extra,
    Head,
    Learner,
    LossTerm,
    Resources,
    SampleSource,
    Siblings,
    Synthesizer,
    Transform,
    UnpairedEvaluator,
)
from ..contracts.layer import Layer
from ..contracts.pair import Pair
from ..contracts.photo import Photo

CONTRACTS: Mapping[str, type] = {
    "synthesizers": Synthesizer,
    "losses": LossTerm,
    "learners": Learner,
    "evaluators": Evaluator,
    "conditioners": Conditioner,
    "heads": Head,
    "transforms": Transform,
    "extras": Extra,
    "samples": SampleSource,
}
"""What the factories of a kind of spec must return; the other kinds have no factories."""

INTRODUCTION = """\
# Reference

What a plugin yields, what its factories must return, and the data they exchange.
[Tasks and plugins](tasks-and-plugins.md) explains how all this fits together. This page is generated from the code by
`mendkit plugins reference`."""

ARGUMENTS = re.compile(r"\n+Args:\n(?P<items>(?: .*\n?|\n)*)")
ARGUMENT = re.compile(r"^ {4}(?P<name>\w+): (?P<meaning>.*(?:\n {8}.*)*)", re.MULTILINE)


def reference() -> str:
    """The whole page."""
    sections = [INTRODUCTION, "## Hooks", *map(hook, KINDS), "## Contracts", *map(contract, _contracts())]
    return "\n\n".join([*sections, "## Data", *map(data, _data())]) + "\n"


def hook(kind: str) -> str:
    """The hook ``mendkit_<kind>``, with the fields of its spec."""
    name, spec = KINDS[kind].hook, KINDS[kind].spec
    parts = [f"### {name}", prose(getattr(HOOKS, name)), f"`{spec.__name__}`: {prose(spec)}"]
    if protocol := CONTRACTS.get(kind):
        title = protocol.__name__
        article = with_article(title).partition(" ")[0]
        parts.append(f"Called with the options, the factory returns {article} [{title}](#{title.lower()}).")
    return "\n\n".join([*parts, fields_table(spec)])


def contract(protocol: type) -> str:
    """A protocol of ``mendkit.contracts``, with its properties and methods."""
    members = [found for found in vars(protocol).items() if isinstance(found[1], property) or isfunction(found[1])]
    public = [found for found in members if _is_public(found[0])]
    items = [f"- `{_signature(*member)}`: {indent(prose(member[1]), '  ').lstrip()}" for member in public]
    return "\n\n".join([f"### {protocol.__name__}", prose(protocol), "\n".join(items)])


def data(kind: type) -> str:
    """A class whose instances are passed to components, with its members."""
    return "\n\n".join([f"### {kind.__name__}", prose(kind), _table(("holds", "type", "meaning"), members(kind))])


def fields_table(spec: type[Spec]) -> str:
    """One row per field of ``spec``: its type, default and meaning."""
    types = spec.model_json_schema()["properties"]
    rows = (
        (f"`{name}`", type_of(types[name]), _default(field), _markdown(field.description or ""))
        for name, field in spec.model_fields.items()
    )
    return _table(("field", "type", "default", "meaning"), rows)


def type_of(schema: Mapping[str, Any]) -> str:
    """A JSON schema, in words."""
    match schema:
        case {"enum": values}:
            return _either([f'`"{value}"`' for value in values])
        case {"anyOf": kinds}:
            return _either([type_of(kind) for kind in kinds])
        case {"type": "array"}:
            return f"tuple of {type_of(schema['items'])}" + (", not empty" if schema.get("minItems") else "")
        case {"type": "number", "exclusiveMinimum": least}:
            return f"float > {least:g}"
        case {"type": "integer", "minimum": least}:
            return f"int ≥ {least}"
        case {"type": kind} | {"$ref": kind}:
            plain = {"string": "str", "boolean": "bool", "object": "dict", "null": "None", "number": "float"}
            return plain.get(kind) or f"`{kind.rpartition('/')[2]}`"
    raise ValueError(f"no words for the schema {schema}")


def members(kind: type) -> Iterator[tuple[str, str, str]]:
    """The members of an instance, with type and meaning: the arguments in the docstring, and properties."""
    types = get_annotations(kind) or get_annotations(vars(kind)["__init__"])
    for argument in ARGUMENT.finditer(_sections(kind)[1]):
        yield f"`{argument['name']}`", _type_name(types[argument["name"]]), _markdown(argument["meaning"])
    for name, member in vars(kind).items():
        if isinstance(member, property | cached_property) and _is_public(name):
            getter: Any = member.fget if isinstance(member, property) else member.func
            yield f"`{name}`", _type_name(get_annotations(getter)["return"]), prose(member)


def _type_name(annotation: Any) -> str:
    """An annotation as it is written; those of a NamedTuple are wrapped."""
    return f"`{getattr(annotation, '__forward_arg__', annotation)}`"


def prose(documented: object) -> str:
    """The docstring as Markdown, without its list of arguments."""
    return _sections(documented)[0]


def _sections(documented: object) -> tuple[str, str]:
    """The docstring's prose, and its list of arguments, which may be empty."""
    text = getdoc(documented) or ""
    found = ARGUMENTS.search(text)
    return (_markdown(text[: found.start()]), found["items"]) if found else (_markdown(text), "")


def _signature(name: str, method: Any) -> str:
    if isinstance(method, property):
        return f"{name}: {get_annotations(method.fget)['return']}"  # type: ignore[arg-type]
    arguments = str(signature(method)).replace("(self, ", "(").replace("(self)", "()").replace("'", "")
    return arguments if name == "__call__" else f"{name}{arguments}"


def _is_public(name: str) -> bool:
    return name == "__call__" or not name.startswith("_")


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    return "required" if field.is_required() else f"`{value!r}`".replace("'", '"')


def _table(titles: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = ((" ".join(cell.split()).replace("|", r"\|") for cell in row) for row in rows)
    first, *others = (f"| {' | '.join(cells)} |" for cells in (titles, *lines))
    return "\n".join([first, f"|{'---|' * len(titles)}", *others])


def _either(choices: list[str]) -> str:
    return " or ".join(filter(None, [", ".join(choices[:-1]), choices[-1]]))


def _markdown(text: str) -> str:
    return text.replace("``", "`")


def _contracts() -> Iterable[type]:
    return *CONTRACTS.values(), UnpairedEvaluator, Resources, Siblings, Layer


def _data() -> Iterable[type]:
    from ..contracts.batch import Batch, Truths
    from ..contracts.finding import Findings
    from ..contracts.guidance import Exemplars, Guidance
    from ..contracts.mended import Mended
    from ..contracts.outcome import Outcome, UnpairedOutcome
    from ..contracts.view import FeatureInfo, Layout, Trunk, View
    from ..learners.translation.passes import TranslationPasses

    networks = FeatureInfo, Layout, View, Trunk, Mended
    scored = Findings, Outcome, UnpairedOutcome, Metric
    return Photo, Pair, TranslationPasses, Batch, Truths, Guidance, Exemplars, *networks, *scored
