"""Scales of int8: what they cost, and what is done about channels that reach too far."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from sayso.training.quantization import (
    OUTLIER,
    input_scale,
    quantize_network,
    smoothing_factors,
    to_int8,
)


@given(st.floats(-50, 0), st.floats(0.01, 50), st.integers(0, 2**32 - 1))
def test_a_range_holds_zero_exactly_and_errs_by_half_a_step(
    low: float, high: float, seed: int
) -> None:
    values = np.random.default_rng(seed).uniform(low, high, (50, 8)).astype(np.float32)
    scale, zero = input_scale(values)
    steps = np.clip(np.rint(values / scale) + float(zero), 0, 255) - float(zero)
    assert np.abs(steps * scale - values).mean() <= 0.51 * scale + 0.05 * (high - low)
    assert (np.rint(0 / scale) + float(zero) - float(zero)) * scale == 0


def test_a_few_values_far_out_do_not_cost_all_others_their_steps() -> None:
    values = np.random.default_rng(0).standard_t(2, (5000, 8)).astype(np.float32)
    least, most = values.min(), values.max()

    def error(scale: float | np.float32, zero: float) -> float:
        steps = np.clip(np.rint(values / scale) + zero, 0, 255) - zero
        return float(np.square(steps * scale - values).mean())

    scale, zero = input_scale(values)
    whole = (most - least) / 255
    assert scale < whole
    assert error(scale, float(zero)) < error(whole, round(-least / whole))


def test_weights_keep_their_signs_and_err_by_half_a_step() -> None:
    weights = np.random.default_rng(0).normal(0, 1, (30, 20)).astype(np.float32)
    weights[:, 3] = 0
    for channel in (0, 1):
        integers, scales = to_int8(weights, channel)
        factors = scales[:, None] if channel == 0 else scales
        assert np.abs(integers * factors - weights).max() <= 0.5001 * scales.max()
        assert np.abs(integers.astype(int)).max() == 127


def test_only_uneven_channels_are_equalized() -> None:
    generator = np.random.default_rng(0)
    seen = generator.uniform(-1, 1, (100, 16)).astype(np.float32)
    weights = generator.normal(0, 1, (16, 8)).astype(np.float32)
    assert smoothing_factors(seen, weights) is None
    seen[:, 5] *= 3 * OUTLIER
    factors = smoothing_factors(seen, weights)
    assert factors is not None
    reach = np.abs(seen / factors).max(0)
    assert reach.max() < 3 * np.median(reach)
    assert seen / factors @ (weights * factors[:, None]) == pytest.approx(seen @ weights, rel=1e-3)


def test_a_table_and_a_product_become_int8_and_answer_nearly_the_same(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    table = generator.normal(0, 1, (64, 32)).astype(np.float32)
    table[:, 7] *= 40
    weights = generator.normal(0, 1, (32, 48)).astype(np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("Gather", ["table", "input_ids"], ["looked_up"]),
            helper.make_node("Cast", ["attention_mask"], ["real"], to=TensorProto.FLOAT),
            helper.make_node("Unsqueeze", ["real", "last"], ["wide"]),
            helper.make_node("Mul", ["looked_up", "wide"], ["masked"]),
            helper.make_node("MatMul", ["masked", "weights"], ["output"]),
        ],
        "small",
        [
            helper.make_tensor_value_info(name, TensorProto.INT64, ["sentences", "tokens"])
            for name in ("input_ids", "attention_mask")
        ],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["s", "t", 48])],
        [
            numpy_helper.from_array(table, "table"),
            numpy_helper.from_array(weights, "weights"),
            numpy_helper.from_array(np.array([-1]), "last"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    whole, small = tmp_path / "whole.onnx", tmp_path / "small.onnx"
    onnx.save(model, whole)
    quantize_network(whole, small, generator.integers(0, 64, (20, 10)).tolist())
    kinds = {one.data_type for one in onnx.load(small).graph.initializer if len(one.dims) == 2}
    assert kinds == {TensorProto.INT8, TensorProto.FLOAT}  # the latter: a scale for each row
    inputs = {
        "input_ids": generator.integers(0, 64, (3, 9)),
        "attention_mask": np.ones((3, 9), np.int64),
    }
    exact, close = (ort.InferenceSession(file).run(None, inputs)[0] for file in (whole, small))
    assert np.abs(exact - close).mean() < 0.02 * exact.std()
