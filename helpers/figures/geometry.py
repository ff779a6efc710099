"""Places on a sheet: boxes, what overlaps, and curves. y goes down."""

from dataclasses import dataclass

import numpy as np

Point = tuple[float, float]
Area = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Box:
    """A rectangle's place on the sheet: its middle, width and height."""

    x: float
    y: float
    w: float
    h: float

    @property
    def left(self) -> Point:
        """The middle of its left side."""
        return self.x - self.w / 2, self.y

    @property
    def right(self) -> Point:
        """The middle of its right side."""
        return self.x + self.w / 2, self.y

    @property
    def top(self) -> Point:
        """The middle of its upper side."""
        return self.x, self.y - self.h / 2

    @property
    def bottom(self) -> Point:
        """The middle of its lower side."""
        return self.x, self.y + self.h / 2


def rim(circle: Box, towards: Point) -> Point:
    """Return the point of a circle on the way from its middle to a point."""
    dx, dy = towards[0] - circle.x, towards[1] - circle.y
    share = circle.w / 2 / float(np.hypot(dx, dy))
    return circle.x + share * dx, circle.y + share * dy


def overlap(one: Area, other: Area) -> bool:
    """Return whether two areas have more than a border in common."""
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def middle(start: Point, end: Point, bend: float) -> Point:
    """Return the control point of a curve whose middle is `bend` away from the straight line."""
    (x1, y1), (x2, y2) = start, end
    long = np.hypot(x2 - x1, y2 - y1) or 1.0
    return (x1 + x2) / 2 - 2 * bend * (y2 - y1) / long, (y1 + y2) / 2 + 2 * bend * (x2 - x1) / long


def rad(start: Point, end: Point, bend: float) -> float:
    """Return the bend in matplotlib's measure: as a part of the length, in display space, where y goes up."""
    long = float(np.hypot(end[0] - start[0], end[1] - start[1])) or 1.0
    return 2 * bend / long


def on_curve(start: Point, middle: Point, end: Point, t: float) -> Point:
    """Return the point at t of the curve with this control point."""
    a, m, b = (1 - t) ** 2, 2 * t * (1 - t), t**2
    return a * start[0] + m * middle[0] + b * end[0], a * start[1] + m * middle[1] + b * end[1]
