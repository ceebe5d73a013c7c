"""The service: the engine over HTTP."""
