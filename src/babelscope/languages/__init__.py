"""Language as data."""
