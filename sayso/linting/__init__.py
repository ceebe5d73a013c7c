"""Sayso as a linter: settings found beside the files, rules that fail, marks that are ignored."""
