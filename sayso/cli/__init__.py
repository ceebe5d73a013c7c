"""The sub-commands of `sayso`, a file and a function each."""
