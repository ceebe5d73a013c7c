"""Messages and progress on the terminal, and output files."""
