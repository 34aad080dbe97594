"""Migrations of the state database, run when the store is opened for writing."""
