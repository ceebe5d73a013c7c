"""Text in, report out. Knows nothing of HTTP, and needs no torch."""
