"""The front door: the command line, one verb per file; it alone knows the order of the rooms."""

from importlib.metadata import version

__version__ = version("cytomart")
