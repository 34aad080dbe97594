"""Babelscope: the world's public media, read in one language, every fact tied to a preserved original."""

__version__ = "0.1.0"
