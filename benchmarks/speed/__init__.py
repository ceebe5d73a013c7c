"""Speed of the engine, and how its cost grows; each module measures one thing.

    engines   sentences per CPU second of every shipped bundle, of `transformers`, and the int8
              limit of the machine
    latency   one call: a sentence, an article, and the article again after an edit
    growth    cost against the length of a sentence, an article and a corpus, and against workers
    memory    resident memory over a long run

`python -m benchmarks.speed` runs all of them and `benchmarks.service.overhead`, and writes JSON and
plots into a folder; `python -m benchmarks.speed.markdown_tables` turns the JSON into Markdown.
Compared systems alternate in one process; figures are medians of rounds with minimum and maximum.
Every round reads sentences that no earlier one read, so that no system gains from a cache.
"""

import os

# Before torch is loaded: its idle threads would spin while the next system is timed.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
