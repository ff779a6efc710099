"""How nbgrader is set up, and the one reader of it: `nbgrader` and `course grade` go by the same files."""

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from helpers.grading import CourseError

if TYPE_CHECKING:
    from traitlets.config import Config

SECONDS, STARTING = 1800, 600  # for one cell, which a check ends long before; for a kernel, on a slow machine
OWN = "helpers.grading.marks.preprocessors."
PAGES = "helpers.grading.returning.feedback_page."
STOCK = "nbgrader.preprocessors."
FORMGRADER = Path(__file__).parent / "marks" / "offline.html.j2"  # its page, whose formulas need no network
EXTENSIONS = (
    "nbgrader.server_extensions",
    "nbgrader.server_extensions.assignment_list",
    "nbgrader.server_extensions.course_list",
    "nbgrader.server_extensions.validate_assignment",
    "nbgrader.server_extensions.formgrader",
)
FILE = "nbgrader_config"
FIXED = {  # what a class can't have otherwise: `course grade` and the course's own files build on it
    "CourseDirectory": (
        "source_directory",
        "submitted_directory",
        "autograded_directory",
        "feedback_directory",
        "directory_structure",
    ),
    "Autograde": ("sanitize_preprocessors", "autograde_preprocessors"),
}


def configure(c: Any, root: Path, bare: bool = False) -> None:
    """Set up nbgrader for a course: solutions/ becomes course/, and a class's files go to .nbgrader/.

    Args:
        c: a traitlets Config, as nbgrader_config.py gets it.
        root: the course's folder.
        bare: whether student code runs in nbgrader's own kernels, without a sandbox.
    """
    work = root / ".nbgrader"
    c.CourseDirectory.course_id = "deep-learning"
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.db_url = f"sqlite:///{work / 'gradebook.db'}"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "course"
    for step in ("source_with_tests", "submitted", "autograded", "feedback", "solution"):
        c.CourseDirectory[f"{step}_directory"] = f".nbgrader/{step}"
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints",
        "*.pyc",
        "__pycache__",
        "feedback",
        "*.py",
        "player.npz",
    ]
    if "root" not in _told_by_jupyter().Exchange:  # on a Hub, `course hub` says it, for students as well
        c.Exchange.root = str(work / "exchange")
    c.Exchange.cache = str(work / "cache")

    c.ClearSolutions.code_stub = {"python": "# YOUR CODE HERE\nraise NotImplementedError"}
    c.ClearSolutions.text_stub = "*Your answer here.*"

    c.GenerateFeedback.force = True  # nbgrader would leave a page that is older than the marks
    c.GenerateFeedback.exporter_class = PAGES + "exporter.Page"
    c.Page.root = str(root)

    c.HTMLExporter.template_file = str(FORMGRADER)

    c.ExportApp.plugin_class = "helpers.grading.returning.nbgrader_export.SafeExport"

    if bare:
        _in_bare_kernels(c, root)
        return
    c.Rebuild.root = c.Sandboxed.root = str(root)
    c.Autograde.sanitize_preprocessors = [OWN + "Rebuild", STOCK + "CheckCellMetadata"]
    c.Autograde.autograde_preprocessors = [
        OWN + "Sandboxed",
        OWN + "SaveMarks",
        STOCK + "AssignLatePenalties",
        STOCK + "CheckCellMetadata",
    ]


def configured(root: Path, bare: bool = False) -> "Config":
    """Return what nbgrader is told when it is started in a class's folder.

    That is what nbgrader_config.py says there and, below that, in Jupyter's own folders (the user's, the
    system's); all that nobody says is the course's. A folder without the file has the course's alone.

    Args:
        root: the class's folder.
        bare: whether student code runs in nbgrader's own kernels.

    Raises:
        CourseError: where a file fails, or has a setting that the course does not work with.
    """
    from traitlets.config import Config

    usual, config = Config(), Config()
    configure(usual, root)
    configure(config, root, bare)
    told = _told(root)
    for name in FIXED["Autograde"]:
        if name in told.Autograde and told.Autograde[name] == usual.Autograde[name]:
            del told.Autograde[name]  # a bare class has others there
    for section, names in FIXED.items():
        for name in names:
            if name in told[section] and told[section][name] != config[section].get(name):
                raise CourseError(
                    f"{FILE}.py in {root}, or in a folder of Jupyter's, sets {section}.{name}: the course "
                    "does not work with another one, remove that line"
                )
    config.merge(told)
    config.CourseDirectory.root = str(root)
    return config


def _told(root: Path) -> "Config":
    """Return what the files say, as nbgrader merges them."""
    from traitlets.config import Config

    if not (root / f"{FILE}.py").is_file():
        return Config()
    if str(root) not in sys.path:
        sys.path.append(str(root))  # where a late policy of the class's own is, as for nbgrader itself
    told = _told_by_jupyter()
    told.merge(_told_in(str(root)))
    return told


def _told_by_jupyter() -> "Config":
    """Return what nbgrader is told in Jupyter's folders, for all classes."""
    from jupyter_core.paths import jupyter_config_path

    return _told_in(*reversed(jupyter_config_path()))


def _told_in(*folders: str) -> "Config":
    """Return what the files in folders say; a later one has the last word."""
    from traitlets.config import Config
    from traitlets.config.loader import ConfigFileNotFound, JSONFileConfigLoader, PyFileConfigLoader

    told = Config()
    for folder in folders:
        for loader in (
            PyFileConfigLoader(f"{FILE}.py", folder),
            JSONFileConfigLoader(f"{FILE}.json", folder),
        ):
            try:
                told.merge(loader.load_config())
            except ConfigFileNotFound:
                continue
            except Exception as error:
                raise CourseError(
                    f"{loader.full_filename} fails, and nbgrader is set up by it: {type(error).__name__}: "
                    f"{error}"
                ) from error
    return told


def _in_bare_kernels(c: Any, root: Path) -> None:
    """Run student code as stock nbgrader does, in a kernel beside the gradebook: for trusted classes."""
    c.Execute.timeout, c.Execute.startup_timeout = SECONDS, STARTING
    c.Execute.extra_arguments = ["--log-level=ERROR"]  # ipykernel 7 warns of TCP at every start
    c.Execute.skip_cells_with_tag = "experiment"
    c.ReleaseTags.source, c.Essays.root = str(root / "solutions"), str(root)
    c.Autograde.sanitize_preprocessors = [
        STOCK + "ClearOutput",
        STOCK + "DeduplicateIds",
        STOCK + "OverwriteKernelspec",
        STOCK + "OverwriteCells",
        OWN + "ReleaseTags",
        OWN + "Essays",
        STOCK + "CheckCellMetadata",
    ]
    c.Autograde.autograde_preprocessors = [
        STOCK + "Execute",
        STOCK + "IgnorePattern",
        STOCK + "LimitOutput",
        OWN + "LastWord",
        OWN + "SaveMarks",
        STOCK + "AssignLatePenalties",
        STOCK + "CheckCellMetadata",
    ]


def spare_imports() -> None:
    """Spare this process what no command needs and takes more than a second to load.

    jsonschema imports a grammar for a kind of address that no notebook has; nbgrader, whatever is wanted of
    it, what a Jupyter server calls it by, and with that the server. Whoever wants those gets them afterwards.
    """
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]
    stand_ins = {name: ModuleType(name) for name in EXTENSIONS if name not in sys.modules}
    for module in stand_ins.values():
        vars(module)["load_jupyter_server_extension"] = None
    sys.modules.update(stand_ins)
    importlib.import_module("nbgrader")
    for name in stand_ins:
        del sys.modules[name]
