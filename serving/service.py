"""What `bentoml serve serving/service.py:service` is pointed at; `sayso package` builds a Bento."""

from sayso.server.bento import service

__all__ = ["service"]
