"""Wire formats of other programs, so that their clients can ask Sayso: `docs/wire.md` says what
maps to what.
"""
