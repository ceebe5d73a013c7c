"""Load tests of the service: `python -m serving.load.NAME`, from the root of a checkout.

    overload   four times more requests than the server can answer
    soak       a mix of everything, for a long time
    faults     killed workers, a full disk, a changed bundle, no descriptors, a jumping clock
    fuzz       malformed and malicious requests

Each starts its own servers on the loopback, sends made-up news, compares every answer with the
engine's own, prints Markdown to standard output, and exits with 1 if a gate does not hold.
"""
