"""Pages for people: HTML in one file that needs no script, no network and no server."""
