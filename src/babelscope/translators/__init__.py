"""Translators that need a process or a network of their own: plug-ins, imported only when they are asked for."""
