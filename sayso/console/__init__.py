"""What people see on a terminal, and the files that output goes to."""
