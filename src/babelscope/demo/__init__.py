"""The demonstration: a fictional press, rendered as sites and served on loopback."""
