"""The format of a trained model, and the shipped models. Imports the standard library only."""
