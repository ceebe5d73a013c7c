"""Every error that Sayso raises on purpose.

    SaysoError
    ├── InputError          text, a file or an option that cannot be read as it should be
    ├── BundleError
    │   ├── BundleNotFound  nothing there
    │   ├── BundleForeign   a folder or file that is not a Sayso bundle
    │   ├── BundleTooNew    written by a later format than this Sayso reads
    │   └── BundleDamaged   a file is missing, changed or malformed
    ├── RecipeError         a recipe that cannot be followed
    ├── CorpusError         a corpus that cannot be read
    ├── MissingExtra        an optional part of Sayso is not installed
    ├── Incomplete          some of the input is left out; all else was done
    └── RuleBroken          a text breaks a rule that was set for it

`sayso/cli/main.py` turns them into exit codes, `sayso/server/errors.py` into statuses, and
nothing else does.
"""


class SaysoError(Exception):
    """Base of all errors that a caller may want to treat; the message says what to do."""


class InputError(SaysoError):
    """Text, a file or an option that cannot be read as what it was said to be.

    `field` names the part of the request that is wrong, where it is known.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BundleError(SaysoError):
    """A model bundle that cannot be used."""


class BundleNotFound(BundleError):
    """There is nothing where the bundle should be."""


class BundleForeign(BundleError):
    """There is something, but it is not a Sayso bundle."""


class BundleTooNew(BundleError):
    """The bundle was written in a later format than this Sayso reads."""


class BundleDamaged(BundleError):
    """A file of the bundle is missing, was changed, or is malformed."""


class RecipeError(SaysoError):
    """A recipe that cannot be followed."""


class CorpusError(SaysoError):
    """A corpus that cannot be read."""


class Incomplete(SaysoError):
    """Some of the input could not be read or scored; all else was, and is written."""


class RuleBroken(SaysoError):
    """A text was scored, and it breaks a rule that was set for it."""


class MissingExtra(SaysoError):
    """An optional part of Sayso is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra {extra!r}: pip install 'sayso[{extra}]'")
        self.extra = extra
