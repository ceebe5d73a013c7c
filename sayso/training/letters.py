"""What makes two texts the same sentence, however each corpus writes it."""


def letters(text: str) -> str:
    """Only the letters and digits of a text, in lower case."""
    return "".join(character for character in text.lower() if character.isalnum())
