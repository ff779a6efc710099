"""A sheet without borders on which boxes, circles, arrows and labels are placed, cut to size at the end."""


class Sketch:
    """To come."""
