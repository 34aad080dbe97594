"""The wiring: configuration → pipeline; one function per verb."""
