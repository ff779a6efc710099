"""The writer that comes with lesson 08: its weights, its rival of counts, and the numbers that the lesson states."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.data import make_writer, moby_dick, small_writer
from helpers.data.pieces import cut_into, learn_pieces
from helpers.grading.percent import read
from helpers.reference.language import KneserNey
from helpers.reference.transformers import GPT, rename

torch.set_num_threads(1)
LESSON = Path(__file__).parents[2] / "solutions/08-transformers/08-transformers.py"


@pytest.fixture(scope="module")
def lesson() -> dict:
    """What the lesson's section leaves behind, with the cells before it that define something."""
    cells = [cell for cell in read(LESSON) if cell.kind == "code" and "check" not in cell.keys]
    begin = next(i for i, cell in enumerate(cells) if "import small_writer" in cell.source)
    before = [cell for cell in cells[:begin] if "tags" not in cell.keys and "ask(" not in cell.source]
    namespace: dict = {}
    for cell in [*before, *cells[begin:]]:
        exec(compile(cell.source, "<cell>", "exec"), namespace)
        if "quantile" in cell.source:
            return namespace
    raise LookupError("the lesson has no cell that counts what top-p leaves")


def test_names_are_those_of_gpt_neo_and_lead_back(lesson: dict) -> None:
    kept, pieces = small_writer()
    assert len(kept) == 70
    assert "transformer.h.3.attn.attention.q_proj.weight" in kept
    assert "transformer.h.0.mlp.c_proj.bias" in kept
    model = GPT(len(pieces), 96, 160, 4, 4)
    assert {rename(name, lesson["NEO"]) for name in kept} == set(model.state_dict())
    assert {rename(rename(name, lesson["NEO"]), make_writer.THEIRS) for name in kept} == set(kept)
    assert (
        sum(a.size for a in kept.values())
        == sum(p.numel() for p in lesson["author"].parameters())
        == 1_581_504
    )


def test_pieces_spell_the_book() -> None:
    _, pieces = small_writer()
    book = moby_dick()
    assert len(pieces) == len(set(pieces)) == make_writer.PIECES
    ids = cut_into(book[-60_000:], pieces)
    assert "".join(pieces[i] for i in ids) == book[-60_000:]
    assert [pieces[i] for i in cut_into("Call me Ishmael.", pieces)][:3] == ["C", "all", " me"]


@pytest.mark.slow
def test_the_script_learns_these_pieces_and_what_is_held_out_stays_unread() -> None:
    assert make_writer.HELD_OUT == 60_000
    pieces = learn_pieces(moby_dick()[:-60_000], make_writer.PIECES)
    assert pieces == small_writer()[1]
    seen = make_writer.STEPS * make_writer.BATCH * make_writer.LONGEST
    assert seen / len(cut_into(moby_dick()[:-60_000], pieces)) == pytest.approx(17.2, abs=0.05)


def test_the_held_out_end_as_it_is_told(lesson: dict) -> None:
    assert lesson["per_character"] == pytest.approx(3.82, abs=0.006)
    surprise = make_writer.surprise(lesson["author"], lesson["tokens"], 60_000)
    assert lesson["per_character"] == pytest.approx(math.exp(surprise))


def test_top_p_keeps_few_pieces_here_and_hundreds_there(lesson: dict) -> None:
    few, middle, many = (lesson["sizes"].float().quantile(q).item() for q in (0.1, 0.5, 0.9))
    assert few < 30
    assert many > 150
    assert few < middle < many


@pytest.mark.slow
def test_a_table_that_backs_off_as_it_is_told() -> None:
    book = moby_dick()
    letters = "".join(sorted(set(book)))
    tables = (KneserNey([book[:-60_000]], k, letters=letters) for k in (4, 5, 6))
    found = [table.perplexity([book[-60_000:]]) for table in tables]
    assert found == pytest.approx([4.25, 4.07, 4.07], abs=0.005)


@pytest.mark.slow
def test_the_script_that_made_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_writer, "STEPS", 2)
    monkeypatch.setattr(make_writer, "PLATEAU", 1)
    monkeypatch.setattr(make_writer, "learn_pieces", lambda *_: small_writer()[1])
    model, pieces = make_writer.train(tmp_path / "writer.pt")
    assert model.letter.weight.shape == (len(pieces), make_writer.WIDTH)
    assert np.isfinite(make_writer.surprise(model, torch.arange(200), 500))
