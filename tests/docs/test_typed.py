"""What people copy is typed strictly: the recipes, a plugin written from the guide alone, the template of a plugin.

One run of each checker for all of it, side by side: what takes time is reading the package.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from support.type_checks import MYPY

ROOT = Path(__file__).parents[2]
RECIPES = ROOT / "examples/cookbook"
TEMPLATE = ROOT / "examples/plugin/src/wikijs_plugin_tenant/__init__.py"


def test_what_people_copy_is_typed_strictly(tmp_path: Path) -> None:
    guide = (ROOT / "docs/plugins.md").read_text(encoding="utf-8")
    plugin = re.findall(r"^```python\n(.*?)^```$", guide, re.DOTALL | re.MULTILINE)[1]
    (tmp_path / "guide.py").write_text(f"url = key = 'x'\n{plugin}", encoding="utf-8")
    shutil.copyfile(TEMPLATE, tmp_path / "template.py")
    configuration = {"typeCheckingMode": "strict", "pythonVersion": "3.11", "extraPaths": [str(ROOT / "generated")]}
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(configuration), encoding="utf-8")
    copied = [str(tmp_path / "guide.py"), str(tmp_path / "template.py")]
    running = [
        subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
        for words in (
            [*MYPY, str(RECIPES), *copied],
            [sys.executable, "-m", "pyright", "--pythonpath", sys.executable],
        )
    ]
    said = [process.communicate(timeout=400)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], "\n".join(said)
