"""Every row of the table in *Coming from wandb* is tried: it works or says why not."""

from __future__ import annotations

import contextlib
import io
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest

import mediatypes as mt
from mediatypes.errors import MediaTypesError, OptionError
from mediatypes.recorder import notes
from tests.cases.record import Record
from tests.compat.test_coming_from_wandb import tables

RGB: Final = np.full((4, 6, 3), 100, np.uint8)
CLIP: Final = np.zeros((3, 3, 8, 8), np.uint8)
SOUND: Final = np.zeros(80, np.int16)
CLOUD: Final = np.eye(4, 3, dtype=np.float32)
SHAPES: Final = Path(__file__).parents[1] / "fixtures"
ETHANOL: Final = SHAPES / "molecule" / "ethanol.pdb"
LABELS: Final = {"class_labels": {1: "car"}}
BOX: Final = {
    "position": {"minX": 0.1, "maxX": 0.5, "minY": 0.1, "maxY": 0.5},
    "class_id": 1,
}
POINTS: Final = {"x": [1, 2, 3], "y": [3, 1, 2], "kind": ["a", "b", "a"]}
TRUTH: Final = [0, 1, 1, 0]
SCORES: Final = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4], [0.7, 0.3]]


@pytest.fixture(autouse=True)
def _notes_are_new(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "_said", set())


def entry(value: Any) -> dict[str, Any]:
    """Return the record of a value that is logged."""
    run = mt.init(reinit=True)
    run.log({"k": value})
    return Record(run).entry("k")


def summarised(name: str = "a", **options: Any) -> Any:
    run = mt.init(reinit=True)
    run.define_metric(name, **options)
    for value in (3.0, 1.0, 2.0):
        run.log({"a": value})
    return run.summary["a"]


def metric(**options: Any) -> dict[str, Any]:
    run = mt.init()
    run.define_metric("a", **options)
    (line,) = (x for x in Record(run).lines if x["k"] == "metric")
    return dict(line)


def steps(*rows: dict[str, Any]) -> list[int]:
    run = mt.init()
    for number, options in enumerate(rows):
        run.log({f"a{number}": number}, **options)
    run.finish(quiet=True)
    return [row["step"] for row in mt.open_run(run.dir).history()]


def changed(**options: Any) -> Any:
    run = mt.init(config={"a": 1})
    run.config.update({"a": 2}, **options)
    return run.config.a


def changed_later() -> Any:
    run = mt.init(config={"a": 1}, allow_val_change=True)
    run.config.a = 2
    return run.config.a


def resumed() -> bool:
    mt.init(id="a").finish(quiet=True)
    return mt.init(id="a", resume="must").resumed


def kept_code() -> bool:
    """Whether a script is kept; the process of a test may have none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys.modules["__main__"], "__file__", __file__, raising=False)
        run = mt.init(save_code=True)
    return any(key.startswith("code/") for key in run.summary)


def saved(glob_str: str = "*.txt", **options: Any) -> dict[str, bytes]:
    """Save files, change one, and return what is kept of which."""
    Path("sub").mkdir()
    for name in ("a.txt", "[b].txt", "sub/c.txt"):
        Path(name).write_text("early")
    run = mt.init()
    run.save(glob_str, **options)
    Path("a.txt").write_text("late")
    run.finish(quiet=True)
    read = mt.open_run(run.dir)
    return {k: read.media(k)[max(read.media(k))][0].data for k in read.keys()}  # noqa: SIM118 - a method


def alerts(*calls: dict[str, Any]) -> list[str]:
    run = mt.init()
    with contextlib.redirect_stderr(io.StringIO()):
        for options in calls:
            run.alert(**({"title": "t"} | options))
    return [line["text"] for line in Record(run).lines if line["k"] == "note"]


def ended(**options: Any) -> str:
    run = mt.init()
    run.finish(quiet=True, **options)
    return run.state


def said(**options: Any) -> str:
    shown = io.StringIO()
    with contextlib.redirect_stderr(shown):
        mt.init().finish(**options)
    return shown.getvalue()


def watched(**options: Any) -> list[str]:
    """Return the histograms that a step of training leaves."""
    torch: Any = pytest.importorskip("torch")
    run, model = mt.init(), torch.nn.Linear(2, 1, bias=False)
    run.watch(model, **({"log_freq": 1} | options))
    for _ in range(2):
        model(torch.ones(1, 2)).sum().backward()
        run.log({"loss": 1.0})
    if options.get("unwatch"):
        run.unwatch(model)
    run.finish(quiet=True)
    rows = mt.open_run(run.dir).history()
    return [key for row in rows for key in sorted(row) if "weight" in key]


def unwatched() -> list[int]:
    torch: Any = pytest.importorskip("torch")
    run, models = mt.init(), [torch.nn.Linear(2, 1) for _ in range(2)]
    run.watch(models)
    run.unwatch(models[0])
    return [len(model._forward_pre_hooks) for model in models]


def stored(name: str | None = None, **options: Any) -> dict[str, Any]:
    Path("model.pt").write_bytes(b"w")
    run = mt.init(id="r")
    run.log_artifact("model.pt", name, **options)
    return run.summary.as_dict()


def drawn(chart: str, *words: Any, **options: Any) -> bool:
    """Return whether an option shows in the drawing."""
    draw = getattr(mt.plot, chart)
    plain = draw(*words).to_numpy()
    return not np.array_equal(plain, draw(*words, **options).to_numpy())


def data(chart: str, *words: Any, **options: Any) -> Any:
    return getattr(mt.plot, chart)(*words, **options).data


def charts(name: str, *words: Any, **trials: Any) -> dict[str, Any]:
    """Return trials of what all charts have, and of `trials`."""
    return {
        "title": (lambda: drawn(name, *words, title="A title"), True),
        "split_table": (
            lambda: data(name, *words, split_table=True) == data(name, *words),
            True,
        ),
        **trials,
    }


CURVES: Final = {"class", "recall", "precision"}
PREDICTED: Final = {"preds": [0, 1, 0, 0], "y_true": TRUTH}

WORKS: Final[dict[str, dict[str, tuple[Any, Any]]]] = {
    "init": {
        "project": (lambda: mt.init(project="p").project, "p"),
        "dir": (lambda: mt.init(dir="here").dir.parent.name, "here"),
        "id": (lambda: mt.init(id="abc").id, "abc"),
        "name": (lambda: mt.init(name="n").name, "n"),
        "notes": (lambda: mt.init(notes="why").notes, "why"),
        "tags": (lambda: mt.init(tags=["a", "b"]).tags, ("a", "b")),
        "config": (lambda: dict(mt.init(config={"a": 1}).config), {"a": 1}),
        "config_exclude_keys": (
            lambda: dict(
                mt.init(config={"a": 1, "b": 2}, config_exclude_keys=["a"]).config
            ),
            {"b": 2},
        ),
        "config_include_keys": (
            lambda: dict(
                mt.init(config={"a": 1, "b": 2}, config_include_keys=["a"]).config
            ),
            {"a": 1},
        ),
        "allow_val_change": (changed_later, 2),
        "group": (lambda: mt.init(group="g").group, "g"),
        "job_type": (lambda: mt.init(job_type="j").job_type, "j"),
        "mode": (lambda: mt.init(mode="disabled").disabled, True),
        "reinit": (lambda: mt.init() is mt.init(reinit=True), False),
        "resume": (resumed, True),
        "save_code": (kept_code, True),
        "settings": (lambda: mt.init(settings=mt.Settings(project="s")).project, "s"),
    },
    "log": {
        "data": (lambda: steps({}, {}), [0, 1]),
        "step": (lambda: steps({"step": 7}, {"step": 3}), [3, 7]),
        "commit": (lambda: steps({"commit": False}, {"commit": True}, {}), [0, 1]),
    },
    "config.update": {
        "d": (changed_later, 2),
        "allow_val_change": (lambda: changed(allow_val_change=True), 2),
    },
    "define_metric": {
        "name": (lambda: summarised("a*", summary="max"), 3.0),
        "step_metric": (lambda: metric(step_metric="epoch")["step_metric"], "epoch"),
        "summary": (
            lambda: summarised(summary="min,mean"),
            {"min": 1.0, "mean": 2.0},
        ),
        "goal": (lambda: summarised(summary="best", goal="minimize"), 1.0),
    },
    "watch": {
        "models": (watched, ["gradients/weight"] * 2),
        "log": (
            lambda: watched(log="all"),
            ["gradients/weight", "parameters/weight"] * 2,
        ),
        "log_freq": (lambda: watched(log_freq=2), ["gradients/weight"]),
        "idx": (lambda: watched(idx=3), ["gradients/graph_3/weight"] * 2),
    },
    "unwatch": {"models": (unwatched, [0, 1])},
    "save": {
        "glob_str": (
            saved,
            {"files/[b].txt": b"early", "files/a.txt": b"late"},
        ),
        "base_path": (
            lambda: saved("sub/*.txt", base_path="sub"),
            {"files/c.txt": b"early"},
        ),
        "policy": (lambda: saved("a.txt", policy="now"), {"files/a.txt": b"early"}),
        "glob": (lambda: saved("[b].txt", glob=False), {"files/[b].txt": b"early"}),
    },
    "alert": {
        "title": (lambda: alerts({"title": "low"}), ["INFO: low"]),
        "text": (lambda: alerts({"text": "x"}), ["INFO: t: x"]),
        "level": (lambda: alerts({"level": mt.AlertLevel.ERROR}), ["ERROR: t"]),
        "wait_duration": (
            lambda: [len(alerts({"wait_duration": x}, {})) for x in (0, 60)],
            [2, 1],
        ),
    },
    "finish": {
        "exit_code": (lambda: ended(exit_code=1), "failed"),
        "quiet": (lambda: [bool(said(quiet=x)) for x in (True, False)], [False, True]),
    },
    "Image": {
        "data_or_path": (lambda: mt.Image(data_or_path=RGB) == mt.Image(RGB), True),
        "mode": (lambda: mt.Image(RGB, mode="L").channels, 1),
        "caption": (lambda: entry(mt.Image(RGB, caption="c"))["caption"], "c"),
        "grouping": (lambda: entry(mt.Image(RGB, grouping=3))["meta"]["grouping"], 3),
        "classes": (
            lambda: entry(mt.Image(RGB, classes=[{"id": 1, "name": "car"}]))["meta"][
                "classes"
            ],
            {"1": "car"},
        ),
        "boxes": (
            lambda: entry(mt.Image(RGB, boxes={"p": {"box_data": [BOX], **LABELS}}))[
                "meta"
            ]["boxes"]["p"]["box_data"][0]["class_id"],
            1,
        ),
        "masks": (
            lambda: entry(
                mt.Image(RGB, masks={"m": {"mask_data": RGB[..., 0], **LABELS}})
            )["parts"][0]["name"],
            "masks/m",
        ),
        "file_type": (
            lambda: entry(mt.Image(RGB, file_type="jpg"))["mime"],
            "image/jpeg",
        ),
        "normalize": (
            lambda: mt.Image([[0.2, 0.6]], normalize=True).pixels.ravel().tolist(),
            [0, 255],
        ),
    },
    "Audio": {
        "data_or_path": (
            lambda: mt.Audio(data_or_path=SOUND, sample_rate=8000).frames,
            80,
        ),
        "sample_rate": (lambda: mt.Audio(SOUND, sample_rate=80).duration_seconds, 1.0),
        "caption": (lambda: entry(mt.Audio(SOUND, 80, caption="c"))["caption"], "c"),
    },
    "Video": {
        "data_or_path": (
            lambda: mt.Video(data_or_path=CLIP, format="gif").frames,
            3,
        ),
        "caption": (
            lambda: entry(mt.Video(CLIP, caption="c", format="webp"))["caption"],
            "c",
        ),
        "fps": (lambda: mt.Video(CLIP, fps=2, format="gif").duration_seconds, 1.5),
        "format": (lambda: entry(mt.Video(CLIP, format="webp"))["mime"], "image/webp"),
    },
    "Histogram": {
        "sequence": (lambda: mt.Histogram([1, 2, 2]).statistics["count"], 3),
        "np_histogram": (
            lambda: list(mt.Histogram(np_histogram=([1, 2], [0, 1, 2])).counts),
            [1, 2],
        ),
        "num_bins": (lambda: len(mt.Histogram([1, 2], num_bins=7).counts), 7),
    },
    "Table": {
        "columns": (lambda: mt.Table(columns=["a", "b"]).columns, ["a", "b"]),
        "data": (lambda: mt.Table(columns=["a"], data=[[1], [2]]).data, [[1], [2]]),
        "rows": (lambda: mt.Table(columns=["a"], rows=[[1]]).data, [[1]]),
        "dataframe": (
            lambda: mt.Table(dataframe=pd.DataFrame({"a": [1]})).data,
            [[1]],
        ),
        "dtype": (
            lambda: refused(lambda: mt.Table(["a"], [["x"]], dtype=int)),
            True,
        ),
        "optional": (
            lambda: refused(lambda: mt.Table(["a"], [[None]], optional=False)),
            True,
        ),
        "allow_mixed_types": (
            lambda: refused(
                lambda: mt.Table(["a"], [[1], ["x"]], allow_mixed_types=False)
            ),
            True,
        ),
        "log_mode": (
            lambda: entry(mt.Table(["a"], [[1]], log_mode="MUTABLE"))["meta"][
                "log_mode"
            ],
            "MUTABLE",
        ),
    },
    "Object3D": {
        "data_or_path": (lambda: mt.Object3D(data_or_path=CLOUD).vertices, 4),
        "caption": (lambda: entry(mt.Object3D(CLOUD, caption="c"))["caption"], "c"),
        "file_type": (
            lambda: (
                mt.Object3D(
                    (SHAPES / "object3d/box.obj").read_bytes(), file_type="obj"
                ).vertices
            ),
            8,
        ),
    },
    "Object3D.from_point_cloud": {
        "points": (lambda: mt.Object3D.from_point_cloud(CLOUD).vertices, 4),
        "boxes": (
            lambda: len(
                mt.Object3D.from_point_cloud(
                    CLOUD, boxes=[{"center": (0, 0, 0), "size": (1, 1, 1)}]
                ).boxes
            ),
            1,
        ),
        "vectors": (
            lambda: len(
                mt.Object3D.from_point_cloud(
                    CLOUD, vectors=[{"start": (0, 0, 0), "end": (1, 1, 1)}]
                ).vectors
            ),
            1,
        ),
        "point_cloud_type": (
            lambda: (
                mt.Object3D.from_point_cloud(
                    CLOUD, point_cloud_type="lidar/beta"
                ).vertices
            ),
            4,
        ),
    },
    "Molecule": {
        "data_or_path": (lambda: mt.Molecule(data_or_path=ETHANOL).formula, "C2H6O"),
        "caption": (lambda: entry(mt.Molecule(ETHANOL, caption="c"))["caption"], "c"),
        "file_type": (
            lambda: mt.Molecule(ETHANOL.read_text(), file_type="pdb").file_type,
            "pdb",
        ),
    },
    "Molecule.from_rdkit": {
        "data_or_path": (
            lambda: mt.Molecule.from_rdkit(mol_from("CCO")).formula,
            "C2H6O",
        ),
        "caption": (
            lambda: mt.Molecule.from_rdkit(mol_from("C"), caption="c").caption,
            "c",
        ),
        "convert_to_3d_and_optimize": (
            lambda: (
                mt.Molecule.from_rdkit(
                    mol_from("CCO"), convert_to_3d_and_optimize=False
                ).atoms
            ),
            3,
        ),
        "mmff_optimize_molecule_max_iterations": (
            lambda: (
                mt.Molecule.from_rdkit(
                    mol_from("C"), mmff_optimize_molecule_max_iterations=1
                ).atoms
            ),
            5,
        ),
    },
    "Molecule.from_smiles": {
        "data": (lambda: mt.Molecule.from_smiles("CCO").formula, "C2H6O"),
        "caption": (lambda: mt.Molecule.from_smiles("C", caption="c").caption, "c"),
        "sanitize": (lambda: mt.Molecule.from_smiles("C", sanitize=True).atoms, 5),
        "convert_to_3d_and_optimize": (
            lambda: (
                mt.Molecule.from_smiles("CCO", convert_to_3d_and_optimize=False).atoms
            ),
            3,
        ),
        "mmff_optimize_molecule_max_iterations": (
            lambda: (
                mt.Molecule.from_smiles(
                    "C", mmff_optimize_molecule_max_iterations=1
                ).atoms
            ),
            5,
        ),
    },
    "Html": {
        "data": (lambda: entry(mt.Html("<p>x</p>"))["mime"], "text/html"),
        "inject": (
            lambda: mt.Html("<p>x</p>", inject=False).encode().data,
            b"<p>x</p>",
        ),
        "data_is_not_path": (
            lambda: (
                b"a/b.html" in mt.Html("a/b.html", data_is_not_path=True).encode().data
            ),
            True,
        ),
    },
    "Artifact": {
        "name": (lambda: mt.Artifact("n", "t").name, "n"),
        "type": (lambda: mt.Artifact("n", type="t").type, "t"),
        "description": (
            lambda: mt.Artifact("n", "t", description="d").description,
            "d",
        ),
        "metadata": (
            lambda: mt.Artifact("n", "t", metadata={"a": 1}).metadata,
            {"a": 1},
        ),
    },
    "log_artifact": {
        "artifact_or_path": (
            lambda: stored()["artifacts/run-r-model.pt/model.pt"].data,
            b"w",
        ),
        "name": (lambda: stored("net")["artifacts/net/model.pt"].data, b"w"),
        "type": (lambda: stored("net", type="t")["artifacts/net.type"], "t"),
        "aliases": (
            lambda: stored("net", aliases=["x"])["artifacts/net.aliases"],
            ["x"],
        ),
    },
    "plot.line": charts(
        "line",
        *(POINTS, "x", "y"),
        table=(
            lambda: data("line", POINTS, "x", "y"),
            {"x": [1, 2, 3], "y": [3, 1, 2]},
        ),
        x=(lambda: list(data("line", POINTS, x="y", y="x")), ["y", "x"]),
        y=(lambda: list(data("line", POINTS, x="x", y="y")), ["x", "y"]),
        stroke=(
            lambda: data("line", POINTS, "x", "y", stroke="kind")["kind"],
            ["a", "b", "a"],
        ),
    ),
    "plot.scatter": charts(
        "scatter",
        *(POINTS, "x", "y"),
        table=(lambda: data("scatter", POINTS, "x", "y")["y"], [3, 1, 2]),
        x=(lambda: list(data("scatter", POINTS, x="y", y="x")), ["y", "x"]),
        y=(lambda: list(data("scatter", POINTS, x="x", y="y")), ["x", "y"]),
    ),
    "plot.bar": charts(
        "bar",
        *(POINTS, "kind", "y"),
        table=(lambda: data("bar", POINTS, "kind", "y")["y"], [3, 1, 2]),
        label=(lambda: list(data("bar", POINTS, label="x", value="y")), ["x", "y"]),
        value=(lambda: list(data("bar", POINTS, label="x", value="y")), ["x", "y"]),
    ),
    "plot.histogram": charts(
        "histogram",
        *(POINTS, "y"),
        table=(lambda: data("histogram", POINTS, "y"), {"y": [3, 1, 2]}),
        value=(lambda: data("histogram", POINTS, value="x"), {"x": [1, 2, 3]}),
    ),
    "plot.line_series": charts(
        "line_series",
        *([0, 1], [[1, 2], [3, 4]]),
        xs=(lambda: data("line_series", xs=[5, 6], ys=[[1, 2]])["step"], [5, 6]),
        ys=(lambda: data("line_series", xs=[5, 6], ys=[[1, 2]])["lineVal"], [1, 2]),
        keys=(
            lambda: data("line_series", [0, 1], [[1, 2]], keys=["k"])["lineKey"],
            ["k", "k"],
        ),
        xname=(lambda: drawn("line_series", [0, 1], [[1, 2]], xname="epoch"), True),
    ),
    "plot.confusion_matrix": charts(
        "confusion_matrix",
        *(None, TRUTH, [0, 1, 0, 0]),
        probs=(
            lambda: data("confusion_matrix", probs=SCORES, y_true=TRUTH)[
                "nPredictions"
            ],
            [2, 0, 1, 1],
        ),
        y_true=(
            lambda: data("confusion_matrix", **PREDICTED)["nPredictions"],
            [2, 0, 1, 1],
        ),
        preds=(
            lambda: data("confusion_matrix", **PREDICTED)["nPredictions"],
            [2, 0, 1, 1],
        ),
        class_names=(
            lambda: data("confusion_matrix", **PREDICTED, class_names=["n", "y"])[
                "Actual"
            ],
            ["n", "n", "y", "y"],
        ),
    ),
    "plot.pr_curve": charts(
        "pr_curve",
        *(TRUTH, SCORES),
        y_true=(lambda: set(data("pr_curve", TRUTH, SCORES)), CURVES),
        y_probas=(lambda: set(data("pr_curve", y_true=TRUTH, y_probas=SCORES)), CURVES),
        labels=(
            lambda: set(data("pr_curve", TRUTH, SCORES, labels=["n", "y"])["class"]),
            {"n", "y"},
        ),
        classes_to_plot=(
            lambda: len(
                set(data("pr_curve", TRUTH, SCORES, classes_to_plot=[1])["class"])
            ),
            1,
        ),
        interp_size=(
            lambda: len(
                data("pr_curve", TRUTH, SCORES, classes_to_plot=[1], interp_size=5)[
                    "recall"
                ]
            ),
            5,
        ),
    ),
    "plot.roc_curve": charts(
        "roc_curve",
        *(TRUTH, SCORES),
        y_true=(lambda: set(data("roc_curve", TRUTH, SCORES)), {"class", "fpr", "tpr"}),
        y_probas=(
            lambda: set(data("roc_curve", y_true=TRUTH, y_probas=SCORES)),
            {"class", "fpr", "tpr"},
        ),
        labels=(
            lambda: set(data("roc_curve", TRUTH, SCORES, labels=["n", "y"])["class"]),
            {"n", "y"},
        ),
        classes_to_plot=(
            lambda: len(
                set(data("roc_curve", TRUTH, SCORES, classes_to_plot=[1])["class"])
            ),
            1,
        ),
    ),
}
"""What shows that a parameter works, and what it gives."""

ACCEPTED: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "init": (
        mt.init,
        {
            "entity": "me",
            "force": True,
            "anonymous": "allow",
            "tensorboard": True,
            "sync_tensorboard": True,
            "monitor_gym": True,
        },
    ),
    "log": (lambda **options: mt.init().log({"a": 1}, **options), {"sync": True}),
    "define_metric": (metric, {"step_sync": True, "hidden": True, "overwrite": True}),
    "watch": (watched, {"criterion": object(), "log_graph": True}),
    "Artifact": (
        lambda **options: mt.Artifact("n", "t", **options),
        {
            "incremental": True,
            "use_as": "x",
            "storage_region": "x",
            "digest_algorithm": "XXH128",
        },
    ),
    "log_artifact": (stored, {"tags": ["a"]}),
}
"""How to call, and parameters that are taken and not used."""

REFUSED: Final[dict[str, tuple[Any, dict[str, Any]]]] = {
    "init": (mt.init, {"resume_from": "a?_step=1", "fork_from": "a"})
}
"""How to call, and parameters that cannot be had."""


def mol_from(smiles: str) -> Any:
    """Return a molecule of RDKit, which CI has."""
    return pytest.importorskip("rdkit.Chem").MolFromSmiles(smiles)


def refused(build: Any) -> bool:
    with pytest.raises((MediaTypesError, TypeError)):
        build()
    return True


def test_every_row_of_the_page_has_a_trial_of_what_it_says() -> None:
    tried = {
        call: {
            **dict.fromkeys(WORKS.get(call, {}), "works"),
            **dict.fromkeys(ACCEPTED.get(call, (0, {}))[1], "accepted"),
            **dict.fromkeys(REFUSED.get(call, (0, {}))[1], "refused"),
        }
        for call in {**WORKS, **ACCEPTED, **REFUSED}
    }
    assert {call: rows for call, rows in tables().items() if call in tried} == tried
    assert tables().keys() == tried.keys()


@pytest.mark.parametrize(
    ("call", "name"), [(call, name) for call, rows in WORKS.items() for name in rows]
)
def test_what_is_said_to_work_does(call: str, name: str) -> None:
    trial, expected = WORKS[call][name]
    assert trial() == expected


@pytest.mark.parametrize(
    ("call", "name"),
    [(call, name) for call, (_, rows) in ACCEPTED.items() for name in rows],
)
def test_what_is_said_to_be_accepted_warns_once(call: str, name: str) -> None:
    trial, values = ACCEPTED[call]
    with pytest.warns(mt.MediaTypesWarning) as caught:
        trial(**{name: values[name]})
    texts = [str(one.message) for one in caught]
    assert [text for text in texts if f"{call}: {name} is accepted" in text] == texts
    assert len(texts) == 1


@pytest.mark.parametrize(
    ("call", "name"),
    [(call, name) for call, (_, rows) in REFUSED.items() for name in rows],
)
def test_what_is_said_to_be_refused_names_the_way(call: str, name: str) -> None:
    trial, values = REFUSED[call]
    with pytest.raises(OptionError, match=rf"{call}: {name} .*\. \w+ .*\."):
        trial(**{name: values[name]})
    assert not Path("runs").exists()


@pytest.mark.parametrize(
    "media", [mt.Image, mt.Audio, mt.Video, mt.Object3D, mt.Molecule]
)
def test_a_value_comes_by_one_name_and_not_by_two(media: Any) -> None:
    with pytest.raises(TypeError, match=r"data must be one value.*got none"):
        media()
    with pytest.raises(TypeError, match=r"data must be one value.*got two"):
        media(RGB, data_or_path=RGB)
