from pathlib import Path

import onnx
import pytest

from benchmarks.speed.int8_limit import KINDS, EncoderShape, Int8Limit, MatrixProduct
from sayso.bundle.bundle import NETWORK, Bundle


def test_the_shape_of_the_shipped_encoder_is_read() -> None:
    shape = EncoderShape.of(Bundle.load().path / NETWORK)
    assert shape == EncoderShape(hidden=384, inner=1536, layers=6)
    assert shape.matrices == ((384, 1152), (384, 384), (384, 1536), (1536, 384))


def test_a_network_without_layers_is_an_error(tmp_path: Path) -> None:
    graph = onnx.helper.make_graph([], "empty", [], [])
    onnx.save(onnx.helper.make_model(graph), str(tmp_path / "empty.onnx"))
    with pytest.raises(ValueError, match="no recognisable feed-forward layers"):
        EncoderShape.of(tmp_path / "empty.onnx")


@pytest.mark.parametrize("kind", KINDS)
def test_matrix_products_run(kind: str) -> None:
    assert MatrixProduct(kind, 16, 32).seconds() >= 0


def test_the_limit_counts_all_layers() -> None:
    limit = Int8Limit(EncoderShape(hidden=16, inner=32, layers=2))
    assert limit.tokens_per_cpu_second() > 0
    per_layer = 16 * 48 + 16 * 16 + 16 * 32 + 32 * 16
    assert limit.billions(1e9) == pytest.approx(2 * per_layer)
