import math

import pytest

from sayso.bundle.bundle import Bundle
from sayso.engine.options import Options
from sayso.errors import InputError

MANIFEST = Bundle.load().manifest


def test_the_default_is_all_labels_with_the_thresholds_of_the_bundle() -> None:
    assert Options().settings(MANIFEST) == dict(MANIFEST.labels)


def test_a_threshold_is_overridden_and_the_rest_kept() -> None:
    settings = Options(labels=["loaded_framing"], thresholds={"loaded_framing": 0}).settings(
        MANIFEST
    )
    assert list(settings) == ["loaded_framing"]
    assert settings["loaded_framing"].threshold == 0
    assert settings["loaded_framing"].calibration == MANIFEST.labels["loaded_framing"].calibration


@pytest.mark.parametrize(
    ("options", "field"),
    [
        (Options(labels=[]), "labels"),
        (Options(labels=["bias"]), "labels"),
        (Options(thresholds={"bias": 0.5}), "thresholds"),
        (Options(thresholds={"hedging": 1.2}), "thresholds.hedging"),
        (Options(thresholds={"hedging": math.nan}), "thresholds.hedging"),
        (Options(offset_unit="byte"), "offset_unit"),  # type: ignore[arg-type]
    ],
)
def test_an_invalid_option_is_named(options: Options, field: str) -> None:
    with pytest.raises(InputError, match=r"known are|expected 0 to 1") as caught:
        options.settings(MANIFEST)
    assert caught.value.field == field
