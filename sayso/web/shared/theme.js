/**
 * The labels' colours as CSS: an element with `data-label` gets `--label-background`,
 * `--label-text`, `--label-line`, `--label-line-style` and `--label-line-width`.
 *
 * @import { CustomPalettes, Scheme } from "./labels.js"
 */

import { LABELS, LABEL_INFO } from "./labels.js";

/** Pixels. */
export const LINE_WIDTHS = { solid: 2, dashed: 2, wavy: 1.5 };

/**
 * @param {CustomPalettes} [palettes]  in place of the labels' own
 * @returns {string}
 */
export function themeRules(palettes = {}) {
  const marks = LABELS.map((label) => {
    const { line } = LABEL_INFO[label];
    return (
      `[data-label="${label}"] ` +
      `{ --label-line-style: ${line}; --label-line-width: ${LINE_WIDTHS[line]}px }`
    );
  });
  return (
    `${marks.join("\n")}\n${paletteRules("light", palettes)}\n` +
    `@media (prefers-color-scheme: dark) {\n${paletteRules("dark", palettes)}\n}\n` +
    ".swatch, mark { background: var(--label-background); color: var(--label-text); " +
    "text-decoration: underline var(--label-line-style) var(--label-line); " +
    "text-decoration-thickness: var(--label-line-width); text-underline-offset: 0.2em; " +
    "text-decoration-skip-ink: none }"
  );
}

/**
 * @param {Scheme} scheme
 * @param {CustomPalettes} palettes
 */
function paletteRules(scheme, palettes) {
  const rules = LABELS.map((label) => {
    const { background, text, line } = palettes[label]?.[scheme] ?? LABEL_INFO[label][scheme];
    return (
      `[data-label="${label}"] ` +
      `{ --label-background: ${background}; --label-text: ${text}; --label-line: ${line} }`
    );
  });
  return rules.join("\n");
}

/** @type {CSSStyleSheet | undefined} */
let sheet;

/**
 * Give the document these rules.
 *
 * @param {CustomPalettes} [palettes]
 */
export function applyTheme(palettes) {
  sheet ??= new CSSStyleSheet();
  sheet.replaceSync(themeRules(palettes));
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
}
