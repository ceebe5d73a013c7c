"""A report on a corpus: marks by group, over time and by position, as figures and charts."""
