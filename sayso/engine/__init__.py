"""The engine: text in, report out. Independent of HTTP and torch."""
