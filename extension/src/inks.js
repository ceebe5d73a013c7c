/**
 * The labels' colours on the extension's own pages.
 *
 * @import { Ink } from "../../sayso/web/shared/labels.js"
 * @import { Label } from "../../sayso/web/highlighter/types.js"
 */

import { LABELS, LABEL_LOOKS } from "../../sayso/web/shared/labels.js";
import { inksOf } from "../../sayso/web/shared/custom_colours.js";

const sheet = new CSSStyleSheet();

/**
 * Set `--hedging-line` and its like for this page.
 *
 * @param {Partial<Record<Label, string>>} colours  the reader's own
 */
export function setInks(colours) {
  const own = inksOf(colours);
  /** @param {"light" | "dark"} scheme */
  const rules = (scheme) =>
    LABELS.map((label) => {
      /** @type {Ink} */
      const ink = { ...LABEL_LOOKS[label][scheme], ...own[label]?.[scheme] };
      return Object.entries(ink).map(([part, value]) => `--${label}-${part}: ${value};`);
    });
  const [light, dark] = [rules("light"), rules("dark")].map((one) => one.flat().join(" "));
  sheet.replaceSync(
    `:root { ${light} } @media (prefers-color-scheme: dark) { :root { ${dark} } }`,
  );
  if (!document.adoptedStyleSheets.includes(sheet)) document.adoptedStyleSheets.push(sheet);
}
