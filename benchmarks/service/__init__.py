"""What the HTTP service does under load and under attack; each module measures one thing.

    overload   four times more than it can answer
    soak       a mix of everything, for a long time
    faults     killed workers, a full disk, a changed bundle, no descriptors
    hostile    inputs that mean harm
    memory     cold starts, and the memory of a server that scores
    overhead   what the service costs beside a bare engine

Each starts servers of its own on the loopback, ends by itself, prints Markdown to standard output,
and exits with 1 where a gate does not hold. `overhead` asks with articles of a folder, the others
with sentences of their own (`news.py`).
"""
