"""The service: the scorer over HTTP."""
