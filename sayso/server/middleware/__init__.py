"""The ASGI pieces that every request passes on its way in, outermost first (`app.py` joins them).

    cors        web pages of other origins
    guard       a request id, security headers, and one shape for what nothing inside has answered
    observer    metrics, the access log, the header `Server-Timing`
    bodies      a body that is too long, or compressed
    gate        keys and rates
    deadline    a request that takes too long, a sender that is too slow, a caller that went away
    load_shedding   more requests than can be answered in time

Each takes an app and is one; each lets pass what is not HTTP.
"""
