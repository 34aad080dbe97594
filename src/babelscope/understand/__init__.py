"""Document → layers."""
