"""What comes in and what goes out: readers of files, writers of reports."""
