"""Corpora: runs that take hours, on one machine or many, and are taken up again after a kill."""
