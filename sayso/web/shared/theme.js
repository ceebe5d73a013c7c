/** The labels' colours as a style sheet of the page: variables, and swatches like marks. */

import { LABELS, LABEL_LOOKS } from "./labels.js";

const dark = matchMedia("(prefers-color-scheme: dark)");

/** @returns {"light" | "dark"} */
export const scheme = () => (dark.matches ? "dark" : "light");

/** @param {() => void} act */
export function onSchemeChange(act) {
  dark.addEventListener("change", act);
}

/** Adopt it. */
export function dressPage() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    `:root { ${variables("light")} }\n` +
      `@media (prefers-color-scheme: dark) { :root { ${variables("dark")} } }\n` +
      LABELS.map(swatch).join("\n"),
  );
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
}

/** @param {"light" | "dark"} name */
function variables(name) {
  return LABELS.map((label) => {
    const { background, text, line } = LABEL_LOOKS[label][name];
    const parts = { background, text, line };
    return Object.entries(parts).map(([part, colour]) => `--${label}-${part}: ${colour};`);
  })
    .flat()
    .join(" ");
}

/** @param {import("../highlighter/types.js").Label} label */
function swatch(label) {
  const { style } = LABEL_LOOKS[label];
  return (
    `.swatch[data-label="${label}"] { background: var(--${label}-background); ` +
    `color: var(--${label}-text); text-decoration: underline ${style} var(--${label}-line); ` +
    `text-decoration-thickness: ${style === "wavy" ? "1.5px" : "2px"}; ` +
    "text-underline-offset: 0.2em; text-decoration-skip-ink: none }\n" +
    `.threshold[data-label="${label}"] input[type="range"] { accent-color: var(--${label}-line) }`
  );
}
