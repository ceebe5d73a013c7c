/**
 * The labels' colours as CSS: an element with `data-label` gets `--label-background`,
 * `--label-text`, `--label-line`, `--label-line-style` and `--label-line-width`.
 *
 * @import { CustomPalettes } from "./labels.js"
 */

import { LABELS, LABEL_INFO } from "./labels.js";

/** Pixels. */
export const LINE_WIDTHS = { solid: 2, dashed: 2, wavy: 1.5 };

/**
 * @param {CustomPalettes} [palettes]  in place of the labels' own
 * @returns {string}
 */
export function themeRules(palettes = {}) {
  const labels = LABELS.map((label) => {
    const { line, light, dark } = { ...LABEL_INFO[label], ...palettes[label] };
    return (
      `[data-label="${label}"] { ` +
      `--label-background: light-dark(${light.background}, ${dark.background}); ` +
      `--label-text: light-dark(${light.text}, ${dark.text}); ` +
      `--label-line: light-dark(${light.line}, ${dark.line}); ` +
      `--label-line-style: ${line}; --label-line-width: ${LINE_WIDTHS[line]}px }`
    );
  });
  return (
    `${labels.join("\n")}\n` +
    ".swatch, mark { background: var(--label-background); color: var(--label-text); " +
    "text-decoration: underline var(--label-line-style) var(--label-line); " +
    "text-decoration-thickness: var(--label-line-width); text-underline-offset: 0.2em; " +
    "text-decoration-skip-ink: none }"
  );
}

/**
 * Give the document these rules, in place of other constructed style sheets.
 *
 * @param {CustomPalettes} [palettes]
 */
export function applyTheme(palettes) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(themeRules(palettes));
  document.adoptedStyleSheets = [sheet];
}
