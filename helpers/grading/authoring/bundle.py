"""One file to hand out: the students' notebooks, and a wheel that the first cell of each installs.

For places that can't fetch the course from its address, or where it has none: Colab, Kaggle, a Hub, a stick.
"""

import base64
import hashlib
import io
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

import helpers
from helpers.grading.authoring.build import notebook_text
from helpers.grading.course import Course

WITHOUT = ("grading", "__pycache__")  # of the package: what only instructors need
SET_UP = "set-up"
CELL = """\
# Does nothing where the course is installed; elsewhere it installs {wheel}, which came with this notebook
try:
    import helpers
except ModuleNotFoundError:
    import importlib
    import subprocess
    import sys
    from pathlib import Path

    here = Path.cwd()
    found = [*here.glob("{wheel}"), *here.parent.glob("{wheel}")]
    found += [file for place in ("/content", "/kaggle/input") for file in Path(place).rglob("{wheel}")]
    if not found and "google.colab" in sys.modules:
        from google.colab import files

        print("Choose {wheel}, which came with this notebook.")
        found = list(files.upload())
    if not found:
        raise FileNotFoundError("Put {wheel}, which came with this notebook, beside it; run this again.")
    subprocess.check_call([sys.executable, "-m", "pip", "install", "-q", str(found[0])])
    importlib.invalidate_caches()"""
START = """\
{name} {version}

1. Unpack this file, where you work with Jupyter or on your own machine. On Kaggle, add it as a data set.
2. Open a lesson, such as 01-perceptron.ipynb, and run its first cell: it installs the course from
   {wheel}, which has to lie beside it.
3. In Colab: "Upload notebook", run the first cell, and choose the .whl file when it asks for it.

What the course builds on (NumPy, PyTorch, Matplotlib, ipywidgets, anywidget, jaxtyping, safetensors) is
fetched by pip where it is missing; Colab has nearly all of it.
"""


def bundle(course: Course, lessons: Iterable[str]) -> bytes:
    """Return the file, a zip with one folder; the same course gives the same bytes."""
    project = tomllib.loads((course.root / "pyproject.toml").read_text("utf-8"))["project"]
    name = f"{project['name'].replace('-', '_')}-{project['version']}-py3-none-any.whl"
    files = {name: wheel(project), "START.txt": START.format(wheel=name, **project).encode()}
    for lesson in lessons:
        course.require(lesson)
        files[f"{lesson}.ipynb"] = with_cell(course.student(lesson).read_text("utf-8"), name).encode()
    return zipped({f"{project['name']}/{path}": content for path, content in files.items()})


def with_cell(notebook: str, wheel: str) -> str:
    """Return a notebook whose first code cell installs the wheel, in place of one that fetches the course."""
    read = nbformat.reads(notebook, as_version=4)
    kept = [cell for cell in read.cells if cell.id != SET_UP]
    read.cells = [new_code_cell(CELL.format(wheel=wheel), id=SET_UP), *kept]
    return notebook_text(read)


def wheel(project: Mapping[str, Any]) -> bytes:
    """Return the package as lessons use it, without what only instructors need.

    Args:
        project: the table of pyproject.toml. The format is that of PEP 427, metadata that of PEP 566.
    """
    root = Path(helpers.__file__).parent
    files = {
        f"helpers/{path.relative_to(root).as_posix()}": path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not {*WITHOUT} & {*path.relative_to(root).parts}
    }
    told = f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    metadata = {
        "Metadata-Version": "2.1",
        "Name": project["name"],
        "Version": project["version"],
        "Summary": project["description"],
        "Requires-Python": project["requires-python"],
    }
    lines = [f"{key}: {value}" for key, value in metadata.items()]
    lines += [f"Requires-Dist: {needed}" for needed in project["dependencies"]]
    files[f"{told}/METADATA"] = "\n".join([*lines, ""]).encode()
    files[f"{told}/WHEEL"] = (
        b"Wheel-Version: 1.0\nGenerator: course bundle\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    )
    record = [f"{path},sha256={_digest(content)},{len(content)}" for path, content in files.items()]
    files[f"{told}/RECORD"] = "\n".join([*record, f"{told}/RECORD,,", ""]).encode()
    return zipped(files)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files in an archive that says nothing of when it was made."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            archive.writestr(zipfile.ZipInfo(path), content, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def _digest(content: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
