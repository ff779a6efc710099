"""What readers touch: predict-then-run questions, and figures that are interactive where they can be."""

import hashlib
import html
import importlib
import os
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_KEYS = 'data-lm-suppress-shortcuts="true"'  # or JupyterLab would take arrow keys for "next cell"
VIEW = "application/vnd.jupyter.widget-view+json"
STILL = """<style>
.jp-OutputArea-child:has(> .lm-Panel > .lm-Widget, > .jupyter-widgets > div) + :has(.course-still),
.jp-OutputArea-child:has(> .jupyter-widgets):not(:has(> .jupyter-widgets > *)):has(+ * .course-still)
{ display: none; }
</style>"""  # where the widget lives the figure is hidden, and where it doesn't, its complaint


@dataclass(frozen=True)
class Interactive:
    """A figure in two forms, live and still; where the live one can't run, the still one is seen.

    Neither form is made before it is shown. With COURSE_STATIC set there is only the still one.

    Attributes:
        make: returns the widget.
        draw: returns the figure that stands for it on paper.
        alt: its alternative text.
    """

    make: Callable[[], Any]
    draw: Callable[[], "Figure"]
    alt: str

    @cached_property
    def widget(self) -> Any:
        """The live form."""
        return self.make()

    @cached_property
    def html(self) -> str:
        """The static form."""
        from helpers.figures import image

        return image(self.draw(), self.alt)

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        still = {"text/plain": self.alt, "text/html": self.html}
        if os.environ.get("COURSE_STATIC"):
            return still, {}
        try:
            live = self.widget._repr_mimebundle_()
        except ImportError:  # no widget library: the figure will do
            return still, {}
        data, metadata = live if isinstance(live, tuple) else (live, {})
        if "google.colab" in sys.modules:  # there is no telling which of two forms Colab prefers
            still.pop("text/html")
            importlib.import_module("google.colab.output").enable_custom_widget_manager()
        return {VIEW: data[VIEW], **still}, metadata

    def _ipython_display_(self) -> None:
        """Publish the live form and the figure as two outputs, of which `STILL` hides one.

        In a single output a saved notebook that is opened again would say "model not found", and an exported
        page would show nothing: both prefer the widget, which needs a kernel or a network.
        """
        data, metadata = self._repr_mimebundle_()
        publish = sys.modules["IPython"].get_ipython().display_pub.publish
        if VIEW in data and "text/html" in data:
            publish({VIEW: data.pop(VIEW), "text/plain": ""}, metadata)
            data["text/html"] = f'<div class="course-still">{STILL}{data["text/html"]}</div>'
            metadata = {}
        publish(data, metadata)


def interactive(make: Callable[[], Any], draw: Callable[[], "Figure"], alt: str) -> Interactive:
    """Return a widget together with the figure that stands for it where no widget runs.

    Args:
        make: returns the widget (of ipywidgets or anywidget).
        draw: returns a figure made with `helpers.figures`.
        alt: alternative text; it is also the plain form.
    """
    if not alt.strip():
        raise ValueError("an interactive figure needs alternative text")
    return Interactive(make, draw, alt)


def script(name: str) -> str:
    """Return a widget's JavaScript, behind what all of them share."""
    files = (Path(__file__).with_name(f"{part}.js") for part in ("common", name))
    return "\n".join(file.read_text("utf-8") for file in files)


def style(name: str, root: str) -> str:
    """Return a widget's CSS, behind what all of them share; `root` is the class of its outermost element."""
    common = Path(__file__).with_name("common.css").read_text("utf-8").replace(".widget", f".{root}")
    return f"{common}\n{Path(__file__).with_name(f'{name}.css').read_text('utf-8')}"


@dataclass(frozen=True)
class Prediction:
    """A question whose answer appears once the reader has committed to one: HTML and CSS, no script.

    `alt` is the alternative text of the figure that answers it, which would be read in a cell before that.
    """

    question: str
    options: tuple[str, ...]
    answer: int
    why: str
    alt: str = ""

    def __repr__(self) -> str:
        return "\n".join([f"Predict: {self.question}", *(f"  ( ) {option}" for option in self.options)])

    def _repr_html_(self) -> str:
        name = "predict-" + hashlib.sha256(repr(self).encode()).hexdigest()[:10]
        style = Path(__file__).with_name("predict.css").read_text("utf-8").replace("#predict", f"#{name}")
        why = _inline(self.why)
        parts = [
            f'<style>{style}</style><fieldset id="{name}"><legend>{_inline(self.question)}</legend>',
            *(self._option(name, i) for i in range(len(self.options))),
            f'<input type="checkbox" class="commit" id="{name}-commit" {_KEYS}><label for="{name}-commit">',
            "<span>Commit to this answer</span><span>Your answer stands</span></label>",
            f'<p role="status" class="yes" style="display:none"><b>✓ As you predicted.</b> {why}</p>',
            '<p role="status" class="no" style="display:none">',
            f"<b>✗ The answer: {_inline(self.options[self.answer])}.</b> {why}</p></fieldset>",
        ]
        return "\n".join(parts)

    def _option(self, name: str, i: int) -> str:
        verdict, key = ("right" if i == self.answer else "wrong"), f"{name}-{i}"
        return (
            f'<input type="radio" class="{verdict}" name="{name}" id="{key}" {_KEYS}>'
            f'<label for="{key}">{_inline(self.options[i])}</label>'
        )


def predict(question: str, options: Sequence[str], answer: int | str, why: str, alt: str = "") -> Prediction:
    """Return a predict-then-run question. All texts may hold `code` in backticks.

    Args:
        question: what is asked.
        options: two or more, all different.
        answer: the right one, or its index.
        why: the explanation, shown after the reader has committed to an answer.
        alt: alternative text of the figure that answers it: `show(fig, ask("flip").alt)`.
    """
    if len(set(options)) != len(options) or len(options) < 2:
        raise ValueError(f"a question needs two or more different options, not {list(options)}")
    if answer not in options and answer not in range(len(options)):
        raise ValueError(f"the answer {answer!r} is none of the options {list(options)}")
    index = answer if isinstance(answer, int) else options.index(answer)
    return Prediction(question, tuple(options), index, why, alt)


def _inline(text: str) -> str:
    """Escape text for HTML and set what stands in backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(text))
