"""Loaded by every Python that a notebook test starts: no network, and nothing but the light core."""

import os
import sys
import time

GRADING = ("dask", "distributed", "jupytext", "nbgrader", "rich", "sklearn", "sqlalchemy", "typer")


class _Hiding:
    """A finder that finds all but what Colab does not have: students need none of it."""

    def __init__(self, finder):
        self._finder = finder

    def find_spec(self, name, path=None, target=None):
        return None if name.partition(".")[0] in GRADING else self._finder.find_spec(name, path, target)

    def __getattr__(self, name):
        return getattr(self._finder, name)


sys.modules.setdefault("rfc3987_syntax", None)  # a second of jsonschema's, for addresses that nobody has
sys.meta_path[:] = [_Hiding(finder) for finder in sys.meta_path]


def _no_network():
    import socket

    connect = socket.socket.connect

    def local_only(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6) and not str(address[0]).startswith(
            ("127.", "::1", "localhost")
        ):
            raise OSError(f"no network while lessons run: {address[0]}")
        return connect(self, address)

    socket.socket.connect = local_only


_no_network()


class Slow:
    """An import that takes 6 seconds of the processor: more than any check may."""

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == os.environ["COURSE_SLOW_IMPORT"]:
            sys.meta_path.remove(self)
            began = time.thread_time()
            while time.thread_time() - began < 6:
                pass


if os.environ.get("COURSE_SLOW_IMPORT"):
    sys.meta_path.insert(0, Slow())
