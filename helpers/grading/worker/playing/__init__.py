"""A player of a game: asked for a move in each position, in a process of its own for each game."""
