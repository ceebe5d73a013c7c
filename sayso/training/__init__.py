"""Training: corpora in, bundle out. Needs the extra `train`."""
