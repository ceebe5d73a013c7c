"""Made-up news: plain sentences from word lists of our expected, the same for the same seed."""

import random
from collections.abc import Sequence

_PLACES = ("the harbour", "the old bridge", "the northern dam", "the city library", "the café row")
_WHO = ("Officials", "The council", "Two engineers", "The mayor", "A spokeswoman", "Residents")
_UNNAMED = ("people familiar with the plan", "an unnamed official", "critics", "some observers")
_CLAIMS = (
    "could close for repairs",
    "would cost 14 million euros (€14m)",
    "may stay shut until spring",
    "was inspected twice last year",
    "might be sold to a private firm",
    "will open again on Monday",
)
_DAYS = ("on Monday", "on Tuesday", "late on Friday", "earlier this week", "at a meeting")
_LOADED = ("disastrous", "shameful", "reckless", "heroic", "shocking", "outrageous")
_PATTERNS = (
    "{who} said {day} that {place} {claim}.",
    "According to {unnamed}, {place} {claim}.",
    "It is believed that {place} {claim}.",
    "“The {loaded} handling of {place} must end,” {unnamed} said {day}.",
    "{who} voted {day} to review {place}, which {claim}.",
    "The {loaded} decision about {place} was made {day} by {number} votes to {fewer}.",
    "About {number} people came to {place} {day}; nobody was hurt 🌊.",
)


class Newsroom:
    """Writes sentences, articles and whole sets of them."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def sentence(self) -> str:
        """One plain sentence."""
        pick = self._random.choice
        number = self._random.randint(20, 900)
        text = pick(_PATTERNS).format(
            who=pick(_WHO),
            unnamed=pick(_UNNAMED),
            place=pick(_PLACES),
            claim=pick(_CLAIMS),
            day=pick(_DAYS),
            loaded=pick(_LOADED),
            number=number,
            fewer=number // 3,
        )
        return text[0].upper() + text[1:]

    def article(self, sentences: int) -> str:
        """Sentences in paragraphs of three."""
        lines = [self.sentence() for _ in range(sentences)]
        return "\n".join(" ".join(lines[at : at + 3]) for at in range(0, sentences, 3))

    def articles(self, count: int, sizes: Sequence[int]) -> list[str]:
        """`count` different articles whose numbers of sentences go through `sizes`."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.article(sizes[len(found) % len(sizes)])] = None
        return list(found)
