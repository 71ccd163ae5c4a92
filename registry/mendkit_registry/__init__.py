"""The tree of defect groups and types that the installed plugins contribute. Imports no torch."""

from .discovery import API_VERSION, Plugin, plugin_from
from .errors import ApiVersionError, FactoryError, PluginError, RegistryError, UnknownNameError
from .factories import build, import_factory
from .hookspecs import hookimpl
from .models import model_folder, models_in
from .registry import Registry, compose, load
from .specs import (
    ConditionerSpec,
    DatasetSpec,
    DefectGroup,
    DefectType,
    EvaluatorSpec,
    ExtraSpec,
    HeadSpec,
    LearnerSpec,
    LossSpec,
    Metric,
    ModelSpec,
    PresetSpec,
    SamplesSpec,
    SynthesizerSpec,
    TableSpec,
    TransformSpec,
)

__all__ = [
    "API_VERSION",
    "ApiVersionError",
    "ConditionerSpec",
    "DatasetSpec",
    "DefectGroup",
    "DefectType",
    "EvaluatorSpec",
    "ExtraSpec",
    "FactoryError",
    "HeadSpec",
    "LearnerSpec",
    "LossSpec",
    "Metric",
    "ModelSpec",
    "Plugin",
    "PluginError",
    "PresetSpec",
    "Registry",
    "RegistryError",
    "SamplesSpec",
    "SynthesizerSpec",
    "TableSpec",
    "TransformSpec",
    "UnknownNameError",
    "build",
    "compose",
    "hookimpl",
    "import_factory",
    "load",
    "model_folder",
    "models_in",
    "plugin_from",
]
