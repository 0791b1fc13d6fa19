"""The table of parameters is whole, and says of each what the code does."""

from __future__ import annotations

import inspect
import re
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import pytest

import mediatypes as mt
from mediatypes.recorder.config import Config

PAGE: Final = Path(__file__).parents[2] / "docs" / "how-to" / "coming-from-wandb.md"
DOCUMENTED: Final = {
    "init": "entity project dir id name notes tags config config_exclude_keys "
    "config_include_keys allow_val_change group job_type mode force reinit resume "
    "resume_from fork_from save_code tensorboard sync_tensorboard monitor_gym settings "
    "anonymous",
    "log": "data step commit sync",
    "config.update": "d allow_val_change",
    "define_metric": "name step_metric step_sync hidden summary goal overwrite",
    "watch": "models criterion log log_freq idx log_graph",
    "unwatch": "models",
    "save": "glob_str base_path policy glob",
    "alert": "title text level wait_duration",
    "finish": "exit_code quiet",
    "Image": "data_or_path mode caption grouping classes boxes masks file_type "
    "normalize",
    "Audio": "data_or_path sample_rate caption",
    "Video": "data_or_path caption fps format",
    "Histogram": "sequence np_histogram num_bins",
    "Table": "columns data rows dataframe dtype optional allow_mixed_types log_mode",
    "Html": "data inject data_is_not_path",
    "Object3D": "data_or_path caption file_type",
    "Object3D.from_point_cloud": "points boxes vectors point_cloud_type",
    "Molecule": "data_or_path caption file_type",
    "Molecule.from_rdkit": "data_or_path caption convert_to_3d_and_optimize "
    "mmff_optimize_molecule_max_iterations",
    "Molecule.from_smiles": "data caption sanitize convert_to_3d_and_optimize "
    "mmff_optimize_molecule_max_iterations",
    "Artifact": "name type description metadata incremental use_as storage_region "
    "digest_algorithm",
    "log_artifact": "artifact_or_path name type aliases tags",
    "plot.line": "table x y stroke title split_table",
    "plot.scatter": "table x y title split_table",
    "plot.bar": "table label value title split_table",
    "plot.histogram": "table value title split_table",
    "plot.line_series": "xs ys keys title xname split_table",
    "plot.confusion_matrix": "probs y_true preds class_names title split_table",
    "plot.pr_curve": "y_true y_probas labels classes_to_plot interp_size title "
    "split_table",
    "plot.roc_curve": "y_true y_probas labels classes_to_plot title split_table",
}
"""Calls and parameters of releases 0.20 to 0.31, as their reference lists them."""
POSITIONAL: Final = {"d"}
"""A first parameter that may have any name here, as settings by name are taken too."""
GATHERED: Final = {"unused", "arguments"}
"""Parameters of ours that take others by name."""
ROW: Final = re.compile(r"\| `(\w+)` \| (works|accepted|refused) \|")

HEAD: Final = r"^(?:.*, )?{}(?:,.*)?\n((?: .*\n?)+)"
"""A parameter in a docstring, and what is said of it."""


def tables() -> dict[str, dict[str, str]]:
    """Return what the page says of each parameter, by call."""
    _, *sections = PAGE.read_text(encoding="utf-8").split("\n### `")
    return {
        section.partition("`")[0]: dict(ROW.findall(section)) for section in sections
    }


def ours(call: str) -> list[str]:
    function: Any = Config.update if call == "config.update" else attrgetter(call)(mt)
    return [name for name in inspect.signature(function).parameters if name != "self"]


def test_every_documented_parameter_has_its_row() -> None:
    found = {call: set(rows) for call, rows in tables().items()}
    assert found == {call: set(words.split()) for call, words in DOCUMENTED.items()}


@pytest.mark.parametrize("call", DOCUMENTED)
def test_what_is_taken_is_in_the_signature(call: str) -> None:
    parameters = ours(call)
    if not GATHERED & set(parameters):
        assert set(DOCUMENTED[call].split()) <= {*parameters, *POSITIONAL}


@pytest.mark.parametrize(
    "call", ["log", "define_metric", "watch", "save", "alert", "log_artifact"]
)
def test_the_order_by_position_is_the_documented_one(call: str) -> None:
    assert ours(call) == DOCUMENTED[call].split()
    assert [*inspect.signature(getattr(mt.Run, call)).parameters][1:] == ours(call)


def test_what_is_said_to_be_accepted_is_said_in_the_docstring_too() -> None:
    for call, rows in tables().items():
        text = inspect.getdoc(getattr(mt.Run, call, None) or getattr(mt, call, None))
        for name, result in rows.items():
            if result == "accepted":
                listed = "unused" if f"``{name}``" in (text or "") else name
                head = re.search(HEAD.format(listed), text or "", re.MULTILINE)
                assert head is not None, (call, name)
                assert re.search("(?i)not used", head[1]), (call, name)
