"""How fast Sayso is, and how its cost grows; each module measures one thing.

    engines   sentences a CPU second of every shipped bundle, beside `transformers` and the
              machine's own int8 limit
    latency   one sentence, an article, and the article again after an edit
    growth    cost against the length of a sentence, of an article, of a corpus, and workers
    memory    resident memory over a long run

`python -m benchmarks.speed` runs all of them, and the service beside a bare engine
(`benchmarks/service/overhead.py`), and writes JSON and pictures into a folder;
`python -m benchmarks.speed.tables` makes Markdown of the JSON. What is compared takes turns in one
process; figures are medians of rounds with the least and the most. Every round reads sentences
that no earlier one read, so that nothing is gained by remembering.
"""

import os

# Before torch is loaded: its idle threads would spin on in the time of whoever comes next.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
