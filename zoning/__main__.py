"""``python -m zoning``."""

from zoning.cli import run

run()
