"""How it moves: shapes, errors, configuration, engines."""
