"""The contract between learning and answering: labels, bundles, errors. Standard library only."""
