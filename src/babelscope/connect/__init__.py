"""Documents → groups."""
