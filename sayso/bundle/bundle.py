"""A bundle: a folder with one trained model and everything needed to serve it.

bundle.json     the manifest: labels, calibration, thresholds (see `sayso/bundle/manifest.py`)
network.onnx    the network, with the inputs and outputs named below
tokenizer.json  the tokenizer, in the format of the `tokenizers` library
recipe.toml     the recipe that the model was trained by
metrics.json    the measured quality
MODEL_CARD.md   the model's purpose, training and limits
SHA256SUMS      a checksum of each file above, in the format of `sha256sum -c`
"""

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Self

from sayso.bundle.manifest import Manifest
from sayso.errors import BundleCorrupt, BundleNotFound, NotABundle

MANIFEST = "bundle.json"
NETWORK = "network.onnx"
TOKENIZER = "tokenizer.json"
RECIPE = "recipe.toml"
METRICS = "metrics.json"
CARD = "MODEL_CARD.md"
CHECKSUMS = "SHA256SUMS"
FILES = (MANIFEST, NETWORK, TOKENIZER, RECIPE, METRICS, CARD)

NETWORK_INPUTS = ("input_ids", "attention_mask")
"""Both int64 [sentences, tokens]; the mask is 1 for real tokens and 0 for padding."""

NETWORK_OUTPUTS = ("sentence_logits", "kind_logits", "token_logits")
"""float32 [sentences, labels + auxiliary], [sentences, kinds], [sentences, tokens, labels]."""

SHIPPED = Path(str(files("sayso.bundle"))) / "shipped"
DEFAULT_BUNDLE = "base"


@dataclass(frozen=True, slots=True)
class Bundle:
    """A checked bundle: all files are there and match their checksums.

    `digest` is the SHA-256 of the checksum file, so it changes with any file of the bundle.
    """

    path: Path
    manifest: Manifest
    digest: str

    @classmethod
    def load(cls, path: Path | str | None = None) -> Self:
        """Load and check the bundle in the folder `path`, or a shipped one by its name.

        Without a path, the default bundle that ships with Sayso.

        Raises:
            BundleNotFound, NotABundle, BundleTooNew, BundleCorrupt: if the bundle cannot be used.
        """
        folder = _find(path)
        # The manifest is read first: a newer format may have other files, and "too new" is a
        # better answer than "changed".
        manifest_text = _read_text(folder / MANIFEST)
        manifest = Manifest.from_json(manifest_text, where=str(folder / MANIFEST))
        sums = _read_text(folder / CHECKSUMS)
        _verify(folder, sums)
        return cls(folder, manifest, hashlib.sha256(sums.encode()).hexdigest())

    @property
    def model_version(self) -> str:
        """Name, version and the first digits of the digest: changes with any file of the bundle."""
        return f"{self.manifest.name}-{self.manifest.version}+{self.digest[:8]}"


def write_checksums(folder: Path) -> None:
    """Write the checksum file of a bundle whose other files are complete."""
    lines = [f"{_sha256(folder / name)}  {name}\n" for name in FILES]
    (folder / CHECKSUMS).write_text("".join(lines), encoding="utf-8")


def shipped_bundles() -> list[str]:
    """Names of the bundles that ship with Sayso."""
    return sorted(entry.parent.name for entry in SHIPPED.glob(f"*/{MANIFEST}"))


def _find(path: Path | str | None) -> Path:
    path = DEFAULT_BUNDLE if path is None else path
    folder = Path(path)
    if not folder.exists() and str(path) in shipped_bundles():
        folder = SHIPPED / path
    if not folder.exists():
        shipped = ", ".join(shipped_bundles()) or "none"
        raise BundleNotFound(
            f"no bundle at {path}: expected a folder made by 'sayso train', "
            f"or one of the shipped bundles ({shipped})"
        )
    if not folder.is_dir():
        raise NotABundle(f"{folder} is a file; a bundle is a folder with {MANIFEST} in it")
    if not (folder / MANIFEST).exists():
        hint = ""
        if (folder / "config.json").exists():
            hint = "; it looks like a transformers model, which 'sayso train' takes as an encoder"
        raise NotABundle(f"{folder} is not a Sayso bundle: it has no {MANIFEST}{hint}")
    return folder


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BundleCorrupt(f"{file} is missing; copy the bundle again") from error
    except UnicodeDecodeError as error:
        raise BundleCorrupt(f"{file} is not UTF-8 text; copy the bundle again") from error


def _verify(folder: Path, sums: str) -> None:
    lines = (line.partition("  ") for line in sums.splitlines())
    expected = {name: digest for digest, _, name in lines}
    for name in FILES:
        if name not in expected:
            raise BundleCorrupt(f"{folder / CHECKSUMS} has no line for {name}")
        if not (folder / name).is_file():
            raise BundleCorrupt(f"{folder / name} is missing; copy the bundle again")
        found = _sha256(folder / name)
        if found != expected[name]:
            raise BundleCorrupt(
                f"{folder / name} was changed or damaged: its SHA-256 begins {found[:12]}, "
                f"{CHECKSUMS} says {expected[name][:12]}; copy the bundle again"
            )


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
