"""The writer that comes with lesson 08: its weights, its rival of counts, and the numbers that the lesson states."""

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import torch

from helpers.data import make_writer, moby_dick, small_writer
from helpers.data.pieces import cut_into, learn_pieces
from helpers.grading.percent import read
from helpers.reference.transformers import GPT, rename

torch.set_num_threads(1)
LESSON = Path(__file__).parents[2] / "solutions/08-transformers/08-transformers.py"
Table = dict[str, dict[str, int]]


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


def followers(text: str, k: int) -> Table:
    table: Table = defaultdict(dict)
    for i in range(k, len(text)):
        row = table[text[i - k : i]]
        row[text[i]] = row.get(text[i], 0) + 1
    return table


def shorter(table: Table) -> Table:
    short: Table = defaultdict(dict)
    for context, row in table.items():
        below = short[context[1:]]
        for letter in row:
            below[letter] = below.get(letter, 0) + 1
    return short


def table_perplexity(read: str, unread: str, k: int, discount: float = 0.75) -> float:
    """Return the perplexity of interpolated Kneser-Ney with contexts of k letters, for each character."""
    tables = [followers(read, k)]
    for _ in range(k):
        tables.insert(0, shorter(tables[0]))
    text, surprise = read[-k:] + unread, 0.0
    for i in range(k, len(text)):
        p = 1 / len(set(read))
        for j, table in enumerate(tables):
            if row := table.get(text[i - j : i]):
                n = sum(row.values())
                p = max(row.get(text[i], 0) - discount, 0) / n + discount * len(row) / n * p
        surprise -= math.log(p)
    return math.exp(surprise / len(unread))


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
    assert seen / len(cut_into(moby_dick()[:-60_000], pieces)) == pytest.approx(6.7, abs=0.05)


def test_the_held_out_end_as_it_is_told(lesson: dict) -> None:
    assert lesson["per_character"] == pytest.approx(4.05, abs=0.006)
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
    found = [table_perplexity(book[:-60_000], book[-60_000:], k) for k in (4, 5, 6)]
    assert found == pytest.approx([4.25, 4.07, 4.07], abs=0.005)


@pytest.mark.slow
def test_the_script_that_made_it_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_writer, "STEPS", 2)
    monkeypatch.setattr(make_writer, "PLATEAU", 1)
    monkeypatch.setattr(make_writer, "learn_pieces", lambda *_: small_writer()[1])
    model, pieces = make_writer.train(tmp_path / "writer.pt")
    assert model.letter.weight.shape == (len(pieces), make_writer.WIDTH)
    assert np.isfinite(make_writer.surprise(model, torch.arange(200), 500))
