"""What is kept: evidence, record, views, state."""
