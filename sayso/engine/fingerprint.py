"""A sentence's name: the same wherever the sentence moves."""

import hashlib
from unicodedata import normalize

HASH_DIGITS = 12
_QUOTES = str.maketrans("‘’‚‛“”„‟«»", '\'\'\'\'""""""')


def sentence_hash(text: str) -> str:
    """The name of a sentence in an ignore list: 12 hexadecimal digits of SHA-256.

    White space, the form of quotation marks and how Unicode writes a letter do not count: they
    change when a text moves from one program to another. Every other edit makes a new sentence.
    """
    plain = " ".join(normalize("NFKC", text.translate(_QUOTES)).split())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()[:HASH_DIGITS]
