"""What a student wrote is shown as it was written, with its pictures, and nothing of it runs or loads."""

import base64
import json
from pathlib import Path

import nbformat
import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import markdown2html_mistune
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from helpers.grading.intake.pictures import as_data, shown_beside
from helpers.grading.judging import outputs, words
from helpers.grading.judging.outputs import fill
from helpers.grading.judging.words import shown, typed

PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg=="
)
DATA = f"data:image/png;base64,{base64.b64encode(PNG).decode()}"
ATTACKS = [
    "[proof](javascript:alert(1))",
    "[proof](java&#115;cript:alert(1))",
    "[proof](\tJaVaScRiPt:alert(1))",
    "[proof](data:text/html,<script>alert(1)</script>)",
    "[proof](vbscript:alert(1))",
    "[proof][x]\n\n[x]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "<a href='javascript:alert(1)'>proof</a>",
    "<a href=javascript:alert(1)>proof",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '<img src="attachment:image.png" onload="alert(1)">',
    "![](javascript:alert(1))",
    '![x](attachment:image.png)" onload="alert(1)',
    '![" onload="alert(1)](attachment:image.png)',
    "<svg onload=alert(1)></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<div\nonclick=alert(1)>x</div>",
    "<b onmouseover=alert(1)>x</b>",
    "<details open ontoggle=alert(1)>",
    "<form action=javascript:alert(1)><input type=submit></form>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<style>*{background:url(http://example.org/x)}</style>",
    '```mermaid\ngraph TD\nclick A "javascript:alert(1)"\n```',
    "$\\href{javascript:alert(1)}{x}$ <x",
    "</div></div><script>alert(1)</script>",
    "<!-- --><script>alert(1)</script> -->",
    "<![CDATA[<script>alert(1)</script>]]>",
    "`<script>`alert(1)`</script>`",
    'src="picture:0"><script>alert(1)</script>',
    "![](http://example.org/seen.png)",
]


def find(name: str) -> str:
    return DATA if name == "attachment:image.png" else ""


def harmless(page: str) -> None:
    """Nothing in a page runs, loads or leads to a script."""
    allowed = {
        "a": {"href", "rel", "target"},
        "img": {"src", "alt"},
        "input": {"type", "disabled", "checked"},
    }
    for tag in BeautifulSoup(page, "html.parser").find_all(True):
        assert tag.name in words.TAGS
        assert {*tag.attrs} <= allowed.get(tag.name, set()) | {"class"}
        assert tag.get("href", "https://x").startswith(("https://", "http://", "mailto:"))
        assert tag.get("src", DATA) == DATA
        assert tag.get("type", "checkbox") == "checkbox"


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_runs_loads_or_leads_to_a_script(attack: str) -> None:
    page = markdown2html_mistune(shown(attack, find))
    harmless(page)
    assert page.count("<div>") == page.count("</div>")


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from([*ATTACKS, *"<>\"'`$\\\n[]()!&;:", "<b>", "~~~\n", "    ", "| a | b |\n"]), max_size=8
    )
)
def test_nothing_runs_however_it_is_put_together(parts: list[str]) -> None:
    laid = shown("".join(parts), find)
    harmless(laid)
    assert markdown2html_mistune(laid).strip() == laid


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("if a < b & c > d: 'x' \"y\"", "if a < b & c > d: 'x' \"y\""),
        ("a <b and c> d", "a <b and c> d"),
        ("`a<b` &lt;", "a<b <"),
        ("$a<b$, $$\\frac{1}{2}\\\\x$$", "$a<b$, $$\\frac{1}{2}\\\\x$$"),
        ("\\begin{align}a&=b\\\\c&<d\\end{align}", "\\begin{align}a&=b\\\\c&<d\\end{align}"),
        ("~~~python\nif a < b:\n\n    x = '$'\n~~~", "if a < b:\n\n    x = '$'\n"),
        ("H<sub>2</sub>O, **bold**, \\*not\\*", "H2O, bold, *not*"),
        ("<my_tag x='1'>", "<my_tag x='1'>"),
        ("[page](https://example.org/?a=1&b=2)", "page"),
        ("[page](ftp:x)", "page (ftp:x)"),
    ],
)
def test_a_text_is_seen_as_it_was_written(source: str, seen: str) -> None:
    page = markdown2html_mistune(shown(source, find))
    assert BeautifulSoup(page, "html.parser").get_text().strip("\n") == seen.strip("\n")


def test_what_is_too_long_is_shown_as_it_was_typed() -> None:
    source = "a < b\n\n" * 20_000
    assert (
        BeautifulSoup(markdown2html_mistune(shown(source, find)), "html.parser").get_text().strip()
        == source.strip()
    )
    assert typed("$a<b$\n\nc") == "<div><pre>&#36;a&lt;b&#36;&#10;&#10;c</pre></div>"


def test_a_text_that_the_renderer_fails_on_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words.MarkdownWithMath, "render", lambda *_: 1 / 0)
    assert shown("a < b", find) == typed("a < b")


def test_pictures_texts_and_printed_markdown_are_shown_in_the_notebook(tmp_path: Path) -> None:
    (tmp_path / "mine.png").write_bytes(PNG)
    pasted = {"image.png": {"image/png": base64.b64encode(PNG).decode()}}
    essay = {"grade_id": "e", "grade": True, "solution": True, "checksum": "of the stub", "points": 2}
    cells = [
        new_markdown_cell("![x](attachment:image.png)", metadata={"nbgrader": essay}, attachments=pasted),
        new_markdown_cell("![x](mine.png) ![y](gone.png) ![z](attachment:gone.png)", id="own-1"),
        new_raw_cell("<script>alert(1)</script>", id="own-2"),
        new_markdown_cell("Ours: <script>1</script>", id="cell-01"),
        new_code_cell("display(Markdown(...))", id="own-3"),
    ]
    printed = [
        {
            "output_type": "display_data",
            "data": {"text/plain": "M", "text/markdown": "[x](javascript:alert(1)) $a<b$"},
            "metadata": {},
        }
    ]
    reply = {"events": [{"cell": "own-3", "outputs": json.dumps(printed)}]}
    notebook = fill(new_notebook(cells=cells), reply, {}, lambda name: as_data(tmp_path, name))
    assert notebook.cells[0].source.count(DATA) == notebook.cells[1].source.count(DATA) == 1
    assert notebook.cells[1].source.count("was not handed in, or can") == 2
    assert not any("attachments" in cell for cell in notebook.cells)
    assert notebook.cells[3].source == "Ours: <script>1</script>"
    nbformat.validate(notebook)
    for template in ("classic", "lab"):
        page, _ = HTMLExporter(template_name=template).from_notebook_node(notebook)
        soup = BeautifulSoup(page, "html.parser")
        assert len(soup.select(f'img[src="{DATA}"]')) == 2
        assert not [a for a in soup.select("a[href]") if "javascript" in a["href"]]
        assert "alert(1)" not in "".join(script.get_text() for script in soup.find_all("script"))
        assert "<script>alert(1)</script>" in soup.get_text()


def test_more_pictures_than_a_page_can_bear_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "BYTES", 2 * len(DATA))
    cell = new_markdown_cell("![a](x.png)\n" * 5)
    source = shown(cell.source, words.pictures(cell, lambda name: DATA, []))
    assert source.count(DATA) == 2


def notebook_with(text: str) -> bytes:
    return nbformat.writes(new_notebook(cells=[new_markdown_cell(text)])).encode()


def test_only_pictures_in_the_notebooks_folder_are_taken(tmp_path: Path) -> None:
    text = "![a](a.png) ![b](../b.png) ![c](/c.png) ![d](http://d/d.png) <img src='e/e%20e.png'> ![f](..%2Ff.png)"
    assert shown_beside(notebook_with(text)) == ["a.png", "e/e e.png"]
    assert shown_beside(b"![") == shown_beside(notebook_with("no picture")) == []
    folder = tmp_path / "in"
    folder.mkdir()
    (tmp_path / "secret.png").write_bytes(PNG)
    (folder / "link.png").symlink_to(tmp_path / "secret.png")
    (folder / "out").symlink_to(tmp_path)
    (folder / "text.png").write_text("a secret")
    (folder / "a.png").write_bytes(PNG)
    assert as_data(folder, "a.png") == DATA
    for name in ("link.png", "out/secret.png", "text.png", "../secret.png", "gone.png", "", "a.png/x", "\0"):
        assert as_data(folder, name) == ""


def test_outputs_that_no_page_can_bear_are_told_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outputs, "WHOLE", 2500)
    cells = [new_code_cell("x", id=name) for name in ("a", "b", "c", "d")]
    printed = json.dumps([{"output_type": "stream", "name": "stdout", "text": "x" * 1000}])
    events = [{"cell": name, "outputs": printed} for name in "abc"] + [{"cell": "d", "outputs": 3}]
    texts = [
        cell.outputs[0]["text"][:20] for cell in fill(new_notebook(cells=cells), {"events": events}, {}).cells
    ]
    assert texts[:3] == ["x" * 20, "x" * 20, "not shown: the outpu"]
    assert len(texts) == 4
