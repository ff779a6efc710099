"""Sphinx, told what this site is; whatever it warns of stops the build."""

import io
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from helpers.grading import CourseError

STATIC = Path(__file__).with_name("static")
SETTINGS: dict[str, Any] = {
    "extensions": ["myst_nb", "helpers.grading.site.formulas"],
    "myst_enable_extensions": ["colon_fence", "deflist", "dollarmath"],
    "myst_url_schemes": {"http": None, "https": None, "mailto": None, "beside": "from/{{path}}"},
    "nb_execution_mode": "off",
    "nb_ipywidgets_js": {},  # would be fetched from another host
    "nb_code_prompt_show": "Show the code",
    "nb_code_prompt_hide": "Hide the code",
    "suppress_warnings": ["myst.header"],
    "html_theme": "furo",
    "html_math_renderer": "mathml",
    "html_static_path": [str(STATIC)],
    "html_css_files": ["site.css"],
    "html_js_files": ["live.js"],
    "html_copy_source": False,
    "html_use_index": False,
    "html_show_sphinx": False,
    "html_last_updated_fmt": None,
    "html_theme_options": {"navigation_with_keys": False},
}


def generate(source: Path, to: Path, title: str, extra: Sequence[Path] = ()) -> None:
    """Make a site of a folder of pages.

    Args:
        source: the folder; `index.md` is its first page.
        to: where the site is written.
        title: of the site.
        extra: folders whose content is put beside the pages.

    Raises:
        CourseError: for anything that Sphinx warns of, such as a link to nothing.
    """
    from sphinx.application import Sphinx
    from sphinx.errors import SphinxError
    from sphinx.util.docutils import docutils_namespace, patch_docutils

    told = io.StringIO()
    settings = SETTINGS | {
        "project": title,
        "html_title": title,
        "html_extra_path": [str(path) for path in extra],
    }
    try:
        with patch_docutils(), docutils_namespace():  # leaves nothing for a second site of this process
            app = Sphinx(
                source, None, to, source.with_name("doctrees"), "html", settings,
                status=None, warning=told, freshenv=True,
            )  # fmt: skip
            app.build()
    except SphinxError as error:
        raise CourseError(f"the site can't be made: {error}") from None
    if warnings := re.sub(r"\x1b\[[\d;]*m", "", told.getvalue()).strip():
        raise CourseError(f"the site can't be made as it is told:\n{warnings}")
