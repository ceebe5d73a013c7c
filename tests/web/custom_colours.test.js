/** @import { Palette } from "../../sayso/web/shared/labels.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { contrast, customPalettes, isColour, mix } from "../../sayso/web/shared/custom_colours.js";

const STEPS = ["00", "33", "66", "99", "cc", "ff"];

test("contrast is that of WCAG", () => {
  assert.equal(contrast("#000000", "#ffffff"), 21);
  assert.ok(Math.abs(contrast("#777777", "#ffffff") - 4.48) < 0.01);
});

test("text on a mark of any colour is readable, and its line is visible", () => {
  for (const r of STEPS) {
    for (const g of STEPS) {
      for (const b of STEPS) {
        const { light, dark } = palettes(`#${r}${g}${b}`);
        assert.ok(contrast(light.background, light.text) >= 7, JSON.stringify(light));
        assert.ok(contrast(dark.background, dark.text) >= 7, JSON.stringify(dark));
        assert.ok(contrast(light.line, "#ffffff") >= 3, JSON.stringify(light));
        assert.ok(contrast(dark.line, "#000000") >= 3, JSON.stringify(dark));
      }
    }
  }
});

test("a colour that is visible on paper is the line's", () => {
  assert.equal(palettes("#0063a6").light.line, "#0063a6");
});

test("colours mix", () => {
  assert.equal(mix("#ff0000", "#0000ff", 0.5), "#800080");
});

test("only colours are colours", () => {
  assert.ok(isColour("#0063A6"));
  for (const value of ["red", "#fff", "#0063a6; }", 7, null]) assert.ok(!isColour(value));
});

/** @param {string} colour */
function palettes(colour) {
  const { hedging } = customPalettes({ hedging: colour });
  return /** @type {{light: Palette, dark: Palette}} */ (hedging);
}
