"""Readers: files, rows, HTML and Markdown, and where each character stands in its source."""
