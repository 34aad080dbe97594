"""Capture → document."""
