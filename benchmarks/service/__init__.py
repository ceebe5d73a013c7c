"""What the HTTP service costs; each module measures one thing.

    memory     cold starts, and the memory of a server that scores
    overhead   what the service costs beside a bare scorer

Each starts its own servers on the loopback, prints Markdown to standard output, and exits with 1
if a gate does not hold. `overhead` reads articles of a folder, `memory` makes them up without one.
The load tests are in `serving/load`.
"""
