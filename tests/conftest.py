"""Shapes are checked while tests run: the references' annotations are enforced by beartype."""

from jaxtyping import install_import_hook

install_import_hook("helpers.reference", "beartype.beartype").__enter__()
