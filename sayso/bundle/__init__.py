"""The format of a trained model, and the models that ship with Sayso. Standard library only."""
