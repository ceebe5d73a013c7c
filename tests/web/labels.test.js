/** @import { Palette } from "../../sayso/web/shared/labels.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { LABELS, LABEL_INFO } from "../../sayso/web/shared/labels.js";
import { contrast } from "../../sayso/web/shared/custom_colours.js";

/**
 * Linear red, green and blue as seen without one kind of cones: Machado, Oliveira and Fernandes
 * 2009, severity 1.0.
 *
 * @type {Record<string, number[][]>}
 */
const SEEN = {
  "all cones": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};
/** Linear sRGB to XYZ, D65. */
const XYZ = [
  [0.4124564, 0.3575761, 0.1804375],
  [0.2126729, 0.7151522, 0.072175],
  [0.0193339, 0.119192, 0.9503041],
];
const WHITE = [0.95047, 1, 1.08883];
/** The least distance of two labels' colours in CIE Lab (1976); 2.3 is just noticeable. */
const LEAST = { background: 12, line: 20 };

test("the measure is that of CIE", () => {
  assert.ok(Math.abs(distance("#000000", "#ffffff", SEEN["all cones"]) - 100) < 0.1);
  assert.ok(Math.abs(distance("#ff0000", "#00ff00", SEEN["all cones"]) - 170.6) < 0.5);
});

for (const scheme of /** @type {const} */ (["light", "dark"])) {
  for (const [cones, seen] of Object.entries(SEEN)) {
    test(`${scheme}: colours of labels differ enough with ${cones}`, () => {
      for (const name of /** @type {const} */ (["background", "line"])) {
        for (const [one, other] of [[0, 1], [0, 2], [1, 2]]) {
          const [first, second] = [paletteOf(one), paletteOf(other)];
          const apart = distance(first[name], second[name], seen);
          assert.ok(apart >= LEAST[name], `${name} ${LABELS[one]}, ${LABELS[other]}: ${apart}`);
        }
      }
    });
  }

  test(`${scheme}: marked text is readable`, () => {
    for (const index of LABELS.keys()) {
      const { background, text } = paletteOf(index);
      assert.ok(contrast(background, text) >= 7);
    }
  });

  /**
   * @param {number} index
   * @returns {Palette}
   */
  function paletteOf(index) {
    return LABEL_INFO[LABELS[index]][scheme];
  }
}

/**
 * @param {string} one
 * @param {string} other
 * @param {number[][]} seen
 */
function distance(one, other, seen) {
  const [first, second] = [one, other].map((colour) => lab(times(seen, linear(colour))));
  return Math.hypot(...first.map((value, at) => value - second[at]));
}

/** @param {string} colour */
function linear(colour) {
  return [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
}

/** @param {number[]} rgb */
function lab(rgb) {
  const shown = rgb.map((value) => Math.min(1, Math.max(0, value)));
  const [x, y, z] = times(XYZ, shown).map((value, at) => {
    const part = value / WHITE[at];
    return part > 216 / 24389 ? Math.cbrt(part) : (part * (24389 / 27) + 16) / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/**
 * @param {number[][]} matrix
 * @param {number[]} vector
 */
function times(matrix, vector) {
  return matrix.map((row) => row.reduce((sum, value, at) => sum + value * vector[at], 0));
}
