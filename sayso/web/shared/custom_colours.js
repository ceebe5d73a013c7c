/**
 * A reader's own colour for a label, and the palettes that follow from it.
 *
 * Whatever the colour, text on its mark keeps a contrast of at least 7:1 (WCAG AAA): the
 * background holds little enough of it.
 *
 * @import { CustomPalettes, Label, Palette } from "./labels.js"
 */

const COLOUR = /^#[0-9a-f]{6}$/i;
const LIGHT = { paper: "#ffffff", opposite: "#000000", text: "#111111", share: 0.2 };
const DARK = { paper: "#000000", opposite: "#ffffff", text: "#f6f6f6", share: 0.28 };

/**
 * @param {unknown} value
 * @returns {value is string} whether it is a colour such as "#0063a6"
 */
export const isColour = (value) => typeof value === "string" && COLOUR.test(value);

/**
 * @param {Partial<Record<Label, string>>} colours  that a reader chose
 * @returns {CustomPalettes}
 */
export function customPalettes(colours) {
  const palettes = Object.entries(colours).map(([label, colour]) => [
    label,
    { light: paletteOn(LIGHT, colour), dark: paletteOn(DARK, colour) },
  ]);
  return Object.fromEntries(palettes);
}

/**
 * The line's colour goes to the paper's opposite until it can be seen on the paper.
 *
 * @param {typeof LIGHT} ground
 * @param {string} colour
 * @returns {Palette}
 */
function paletteOn(ground, colour) {
  let line = colour;
  for (let share = 0.9; contrast(line, ground.paper) < 3; share -= 0.1) {
    line = mix(colour, ground.opposite, share);
  }
  return { background: mix(colour, ground.paper, ground.share), text: ground.text, line };
}

/**
 * @param {string} one
 * @param {string} other
 * @param {number} share  of `one`
 * @returns {string}
 */
export function mix(one, other, share) {
  const mixed = channels(one).map((value, i) => {
    const channel = value * share + channels(other)[i] * (1 - share);
    return Math.round(channel).toString(16).padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

/**
 * The contrast of two colours as WCAG 2 counts it, 1 to 21.
 *
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
export function contrast(one, other) {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

/** @param {string} colour */
function luminance(colour) {
  const [r, g, b] = channels(colour).map((value) => {
    const channel = value / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** @param {string} colour */
function channels(colour) {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
