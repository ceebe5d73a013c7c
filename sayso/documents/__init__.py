"""Readers of files, rows, HTML and Markdown, with source maps."""
