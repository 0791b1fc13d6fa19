"""The modules of the page in one file do what they do one by one."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from mediatypes.viewer import page
from mediatypes.viewer.linked import linked

if TYPE_CHECKING:
    from pathlib import Path

NODE = shutil.which("node")
needs_node = pytest.mark.skipif(NODE is None, reason="no Node.js")
MODULES = {
    "a": 'import { one as first, Two } from "b";\nimport twice from "c";\n'
    "export { first };\n"
    "export const sum = first + new Two().value + twice(3);\n"
    'export { far as near } from "c";\n'
    "const own = 7;\nexport { own as mine };\n",
    "b": "export const one = 1;\nexport class Two { value = 2; }\n"
    "/* export function nothing() {} */\n",
    "c": 'import{one as o}from"b";var f=9;function g(n){return 2*n*o}'
    "export{f as far,g as default};",
    "d": "export default (number => number + 1);\n"
    "export async function late() { return 4; }\n"
    "export function soon() { return 5; }\n",
}
LOOK = """
const a = $load("a"), d = $load("d");
console.log(JSON.stringify([
  a.sum, a.first, a.near, a.mine, d.default(1), await d.late(), d.soon(),
  $load("a") === a]));
"""


def run(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    done = subprocess.run(
        [str(NODE), str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@needs_node
def test_every_form_of_import_and_export(tmp_path: Path) -> None:
    found = run(tmp_path / "all.mjs", linked(MODULES) + LOOK)
    assert json.loads(found) == [9, 1, 9, 7, 2, 4, 5, True]


@needs_node
def test_a_module_begins_when_it_is_needed(tmp_path: Path) -> None:
    texts = {"x": 'console.log("x");', "y": 'console.log("y");'}
    assert run(tmp_path / "all.mjs", linked(texts) + '\n$load("y");') == "y\n"


@needs_node
def test_the_file_of_the_page_is_one_that_a_browser_reads(tmp_path: Path) -> None:
    text = page.script().data.decode()
    run(tmp_path / "page.mjs", text)
    names = 'console.log(JSON.stringify(Object.keys($load("#mt/words.js"))));'
    ours = json.loads(run(tmp_path / "words.mjs", f"{text}\n{names}"))
    alone = "import * as all from './alone.mjs'; "
    (tmp_path / "alone.mjs").write_bytes(page.assets()["words.js"].data)
    print_all = "console.log(JSON.stringify(Object.keys(all)));"
    assert sorted(ours) == json.loads(run(tmp_path / "look.mjs", alone + print_all))


@pytest.mark.parametrize(
    "text",
    [
        "export let x = 1;",
        'import * as w from "w";',
        'import d, { e } from "w";',
        "import { e } from 'w';",
        'import "w";',
        'export * from "w";',
    ],
)
def test_a_form_that_is_not_known_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="w: a form of import or export"):
        linked({"w": f"const before = 1;\n{text}\n"})
