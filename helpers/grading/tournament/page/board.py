"""A board drawn as SVG: walls, mud, cheeses and both players; the script only moves and hides them."""

from collections.abc import Iterator

from helpers.maze import Cell, Game, Maze

SIDE = 44  # of a cell
SHAPES = ('<circle class="a" r="12"/>', '<rect class="b" x="-11" y="-11" width="22" height="22" rx="3"/>')


def board(first: Game, alt: str) -> str:
    """Return the first position of a game.

    Args:
        first: the position.
        alt: what the picture shows, already escaped.
    """
    maze = first.maze
    parts = [*_mud(maze), *_walls(maze)]
    parts += [_cheese(cell) for cell in sorted(first.cheeses)]
    parts += [_player(i, cell) for i, cell in enumerate(first.players)]
    size = f'viewBox="-3 -3 {maze.cols * SIDE + 6} {maze.rows * SIDE + 6}"'
    return f'<svg class="board" role="img" aria-label="{alt}" {size}>{"".join(parts)}</svg>'


def _walls(maze: Maze) -> Iterator[str]:
    right, bottom = maze.cols * SIDE, maze.rows * SIDE
    yield f'<rect class="edge" x="0" y="0" width="{right}" height="{bottom}"/>'
    for (r, c), ways in maze.passages.items():
        if c + 1 < maze.cols and (r, c + 1) not in ways:
            yield _line((c + 1) * SIDE, r * SIDE, (c + 1) * SIDE, (r + 1) * SIDE, "wall")
        if r + 1 < maze.rows and (r + 1, c) not in ways:
            yield _line(c * SIDE, (r + 1) * SIDE, (c + 1) * SIDE, (r + 1) * SIDE, "wall")


def _mud(maze: Maze) -> Iterator[str]:
    """Draw a brown bar across each passage through mud, with the turns that it takes."""
    for (r, c), ways in maze.passages.items():
        for (r2, c2), turns in ways.items():
            if turns > 1 and (r, c) < (r2, c2):
                x, y = (c + c2 + 1) / 2 * SIDE, (r + r2 + 1) / 2 * SIDE
                wide, high = (14, SIDE - 6) if r == r2 else (SIDE - 6, 14)
                box = f'x="{x - wide / 2}" y="{y - high / 2}" width="{wide}" height="{high}"'
                yield f'<rect class="mud" {box}/>'
                yield f'<text class="turns" x="{x}" y="{y + 4}">{turns}</text>'


def _cheese(cell: Cell) -> str:
    x, y = _middle(cell)
    return f'<circle class="cheese" cx="{x}" cy="{y}" r="8"/>'


def _player(i: int, cell: Cell) -> str:
    x, y = _middle(cell)
    return f'<g class="player" transform="translate({x} {y})">{SHAPES[i]}<text y="5">{"AB"[i]}</text></g>'


def _middle(cell: Cell) -> tuple[float, float]:
    return (cell[1] + 0.5) * SIDE, (cell[0] + 0.5) * SIDE


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> str:
    return f'<line class="{kind}" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>'
