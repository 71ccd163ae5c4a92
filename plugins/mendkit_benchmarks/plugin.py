"""What this plugin contributes: published sets, the groups and tasks that models are compared on with them, and tables.

Tasks of the groups ``color`` and ``background`` are in those of other plugins.
"""

from __future__ import annotations

from collections.abc import Iterator

from mendkit_registry import DatasetSpec, DefectGroup, DefectType, TableSpec, hookimpl

PIX2PIX = "http://efrosgans.eecs.berkeley.edu/pix2pix/datasets"
CYCLEGAN = "http://efrosgans.eecs.berkeley.edu/cyclegan/datasets"


@hookimpl
def mendkit_groups() -> Iterator[DefectGroup]:
    for name, title, description in (
        ("segmentation", "Segmentation", "A photo and its map or label map."),
        ("colorization", "Colorization", "Edges that become a photo."),
        ("style", "Style", "A painting becomes a photo."),
        ("beauty", "Beauty", "A face is made up."),
    ):
        yield DefectGroup(name=name, title=title, description=description)


@hookimpl
def mendkit_tasks() -> Iterator[DefectType]:
    for name, title, description in (
        ("segmentation.maps", "Maps", "From an aerial photo to the map."),
        ("segmentation.facades", "Facades", "From a label map to the photo of a facade."),
        ("colorization.edges2shoes", "Edges to shoes", "From edges to the photo of a shoe."),
        ("colorization.edges2handbags", "Edges to handbags", "From edges to the photo of a handbag."),
    ):
        yield DefectType(
            name=name, title=title, supervision="paired", description=description, ambiguous=True, benchmark=True
        )
    for name, title, description in (
        ("color.horse2zebra", "Horse to zebra", "From horses to zebras."),
        ("color.apple2orange", "Apple to orange", "From apples to oranges."),
        ("style.monet2photo", "Monet to photo", "From Monet's paintings to photos of landscapes."),
        ("style.vangogh2photo", "Van Gogh to photo", "From van Gogh's paintings to photos of landscapes."),
        ("beauty.makeup", "Make-up", "From faces without make-up to faces with heavy make-up."),
    ):
        yield DefectType(name=name, title=title, supervision="unpaired", description=description, benchmark=True)
    yield DefectType(
        name="background.real_photos",
        title="Real photos",
        supervision="semi_paired",
        description="From clothes photographed at home to products on white; pairs are cut out by noisy masks.",
        benchmark=True,
    )


@hookimpl
def mendkit_datasets() -> Iterator[DatasetSpec]:
    yield _side_by_side("segmentation.maps", "left", "images of Google Maps, under its terms")
    yield _side_by_side("segmentation.facades", "right", "CMP Facade Database, for research")
    yield _side_by_side("colorization.edges2shoes", "left", "UT Zappos50K, for non-commercial research")
    yield _side_by_side("colorization.edges2handbags", "left", "images of Amazon, from iGAN; for research")
    yield _two_domains("color.horse2zebra", "images of ImageNet, for non-commercial research")
    yield _two_domains("color.apple2orange", "images of ImageNet, for non-commercial research")
    yield _two_domains("style.monet2photo", "images of WikiArt and Flickr, under their terms")
    yield _two_domains("style.vangogh2photo", "images of WikiArt and Flickr, under their terms")
    yield DatasetSpec(
        name="makeup",
        task="beauty.makeup",
        source="faces/{split}/nomakeup",
        target="faces/{split}/makeup",
        url="https://mmlab.ie.cuhk.edu.hk/projects/CelebA.html",
        terms="CelebA, by its attribute Heavy_Makeup; for non-commercial research",
    )
    yield DatasetSpec(
        name="real_photos",
        task="background.real_photos",
        source="real_photos/{split}",
        target="products_white/{split}",
        reversible=False,
        url="https://github.com/alexeygrigorev/clothing-dataset-small",
        terms="photos CC0, x.mask.png beside x.jpg by any segmenter; products on white are your own",
    )


def _side_by_side(task: str, source: str, terms: str) -> DatasetSpec:
    """A set of Isola et al. 2017 (pix2pix), in the direction of the published models."""
    name = task.partition(".")[2]
    url = f"{PIX2PIX}/{name}.tar.gz"
    return DatasetSpec(name=name, task=task, source=f"{name}/{{split}}", source_half=source, url=url, terms=terms)


def _two_domains(task: str, terms: str) -> DatasetSpec:
    """A set of Zhu et al. 2017 (CycleGAN), from A to B."""
    name = task.partition(".")[2]
    sides = {"source": f"{name}/{{split}}A", "target": f"{name}/{{split}}B"}
    return DatasetSpec(name=name, task=task, **sides, url=f"{CYCLEGAN}/{name}.zip", terms=terms)


@hookimpl
def mendkit_tables() -> Iterator[TableSpec]:
    """The tables of Li et al. (2023)."""
    defects = ("background.non_white", "background.watermark", "viewpoint.wrong_angle")
    yield TableSpec(
        name="paired",
        title="Paired tasks (Li et al., Table 1)",
        tasks=("segmentation.maps", "segmentation.facades", "colorization.edges2shoes", "colorization.edges2handbags"),
        models=("pix2pix", "monce", "hierarchical", "composite"),
    )
    yield TableSpec(
        name="unpaired",
        title="Unpaired tasks (Li et al., Table 1)",
        tasks=(
            "color.horse2zebra",
            "color.apple2orange",
            "style.monet2photo",
            "style.vangogh2photo",
            "beauty.makeup",
        ),
        models=("cyclegan", "monce", "hierarchical", "composite"),
    )
    yield TableSpec(
        name="defects",
        title="Defects of product photos (Li et al., Table 2)",
        tasks=defects,
        models=("ws_i2i", "hierarchical", "composite"),
    )
    yield TableSpec(
        name="ablation",
        title="The paper's model without its parts (Li et al., Table 3)",
        tasks=defects,
        models=("full", "without_g", "without_labels", "without_unpaired"),
    )
