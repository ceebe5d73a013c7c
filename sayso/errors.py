"""The errors that Sayso raises on purpose.

    SaysoError
    ├── InputError          invalid or unreadable text, file, option or setting
    ├── BundleError
    │   ├── BundleNotFound  no such file or folder
    │   ├── NotABundle      a file or folder that is no Sayso bundle
    │   ├── BundleTooNew    a later format than this version of Sayso reads
    │   └── BundleCorrupt   a file is missing, changed or malformed
    ├── RecipeError         an invalid recipe, or one that cannot be followed here
    ├── CorpusError         an invalid or missing corpus
    ├── MissingExtra        an optional dependency is not installed
    ├── PartialFailure      some of the input could not be read or scored
    └── RuleViolation       a text breaks a rule of `--fail-on` or `--max-density`

`sayso/cli/main.py` turns them into exit codes and `sayso/server/errors.py` into statuses; nothing
else does.
"""


class SaysoError(Exception):
    """Base of all errors that a caller may want to handle; the message says what to do."""


class InputError(SaysoError):
    """A text, a file, an option or a setting is invalid or cannot be read.

    `field` names the invalid part of a request, if it is known.
    """

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class BundleError(SaysoError):
    """A model bundle cannot be used."""


class BundleNotFound(BundleError):
    """There is no file or folder at the bundle's path."""


class NotABundle(BundleError):
    """The file or folder is not a Sayso bundle."""


class BundleTooNew(BundleError):
    """The bundle has a later format than this version of Sayso reads."""


class BundleCorrupt(BundleError):
    """A file of the bundle is missing, changed or malformed."""


class RecipeError(SaysoError):
    """A recipe is invalid, or cannot be followed here."""


class CorpusError(SaysoError):
    """A corpus is invalid or missing."""


class MissingExtra(SaysoError):
    """An optional dependency of Sayso is not installed."""

    def __init__(self, extra: str, purpose: str) -> None:
        super().__init__(f"{purpose} needs the extra {extra!r}: pip install 'sayso[{extra}]'")
        self.extra = extra


class PartialFailure(SaysoError):
    """Some of the input could not be read or scored; the results of the rest are written."""


class RuleViolation(SaysoError):
    """A scored text breaks a rule of `--fail-on` or `--max-density`."""
