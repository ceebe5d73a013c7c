"""Corpora as their authors give them away, turned into the rows that Sayso trains from."""
