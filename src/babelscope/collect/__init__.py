"""World → capture: the only room that reads the network."""
