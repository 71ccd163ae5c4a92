"""A learner that finds defects, and its loss term. Importing this imports nothing heavy."""

from collections.abc import Iterator

from mendkit_registry import LearnerSpec, LossSpec, hookimpl

LEARNER = "classifier.defects"


@hookimpl
def mendkit_learners() -> Iterator[LearnerSpec]:
    yield LearnerSpec(
        name=LEARNER,
        factory="mendkit_defect_classifier.classifier:DefectClassifier",
        gives="finding",
        description="A small network with a score for each task.",
    )


@hookimpl
def mendkit_losses() -> Iterator[LossSpec]:
    yield LossSpec(
        name="classifier.cross_entropy",
        tasks=("*",),
        factory="mendkit_defect_classifier.classifier:CrossEntropy",
        weight=1,
        learner=LEARNER,
        role="classifier",
        needs=("with_defect", "without"),
        description="The source has the defect of its task, and the target does not.",
    )
