"""Converters of corpora, as their authors publish them, into the rows that Sayso trains on."""
