"""The dashboard: pages for people, an API for programs. Everything is read, nothing is written."""
