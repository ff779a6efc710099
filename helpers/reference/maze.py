"""Lesson 12: ways through a maze, and players that learn to find them."""

from heapq import heappop, heappush

from helpers.maze.board import Cell, Maze


def distances(maze: Maze, start: Cell) -> dict[Cell, int]:
    """Return how many turns each cell is away from `start`, through passages and mud."""
    found = {start: 0}
    waiting = [(0, start)]
    while waiting:
        turns, cell = heappop(waiting)
        if turns > found[cell]:
            continue
        for there, more in maze.passages[cell].items():
            if turns + more < found.get(there, turns + more + 1):
                found[there] = turns + more
                heappush(waiting, (turns + more, there))
    return found


def greedy(maze: Maze, me: Cell, other: Cell, cheeses: frozenset[Cell]) -> str:
    """Return the first move of a shortest way to the nearest cheese.

    Of several nearest cheeses it is the first by row and column, of several first moves the first
    in the order up, down, left, right.
    """
    away = distances(maze, me)
    cheese = min(cheeses, key=lambda cell: (away[cell], cell))
    back = distances(maze, cheese)
    moves = maze.moves(me)
    return min(moves, key=lambda move: maze.passages[me][moves[move]] + back[moves[move]])
