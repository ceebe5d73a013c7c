"""A report on a corpus: where, when and by whom it was marked, as figures and plots."""
