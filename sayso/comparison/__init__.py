"""Two texts side by side: two versions of an article, or two articles."""
