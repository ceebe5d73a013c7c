"""Wire formats of other programs, for their clients; `docs/wire.md` documents the mapping."""
