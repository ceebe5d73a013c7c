"""The ASGI middleware, outermost first (`app.py` puts it together).

    cors            web pages of other origins
    error_boundary  a request id, security headers, and an answer to every error
    access_log      metrics, the access log, the header `Server-Timing`
    body_limit      bodies that are too long or compressed
    auth            keys and rates
    deadline        requests that take too long, slow senders, callers that went away
    load_shedding   more requests than can be answered in time

Each wraps an ASGI app and passes on everything that is not HTTP.
"""
