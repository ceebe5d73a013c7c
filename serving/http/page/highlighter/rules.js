/**
 * How marks look: the names of the highlights and their style sheet.
 *
 * @import { Ink, OwnColours } from "./labels.js"
 * @import { Label } from "./types.js"
 */

import { LABELS, LABEL_LOOKS } from "./labels.js";

export const FOCUS = "sayso-focus";
const FOCUS_INK = {
  light: { background: "#1d1a16", text: "#ffffff", line: "#ffffff" },
  dark: { background: "#f4efe6", text: "#14120f", line: "#14120f" },
};
/** Lines of labels that share words keep apart. */
const OFFSETS = { hedging: "0.16em", unverified_attribution: "0.3em", loaded_framing: "0.22em" };
const THICKNESS = { solid: "2px", dashed: "2px", wavy: "1.5px" };

/** @typedef {"light" | "dark"} Scheme */

/** Whether this browser can mark: `false` where it has no Custom Highlight API. */
export const canPaint = () => typeof Highlight === "function" && "highlights" in CSS;

/** @param {Label} label */
export const highlightName = (label) => `sayso-${label}`;

/**
 * The rules that say how marks look.
 *
 * @param {Scheme} scheme
 * @param {OwnColours} [colours]
 * @returns {string}
 */
export function highlightRules(scheme, colours = {}) {
  const rules = LABELS.map((label) => {
    const { style, [scheme]: ready } = LABEL_LOOKS[label];
    const ink = { ...ready, ...colours[label]?.[scheme] };
    return rule(highlightName(label), ink, style, OFFSETS[label]);
  });
  rules.push(rule(FOCUS, FOCUS_INK[scheme], "solid", OFFSETS.hedging));
  const forced = [...LABELS.map(highlightName), FOCUS].map((name) => `::highlight(${name})`);
  rules.push(
    `@media (forced-colors: active) { ${forced.join(", ")} ` +
      "{ background-color: Mark; color: MarkText; text-decoration-color: MarkText } }",
  );
  return rules.join("\n");
}

/**
 * @param {string} name
 * @param {Ink} ink
 * @param {keyof typeof THICKNESS} style
 * @param {string} offset
 */
function rule(name, ink, style, offset) {
  return (
    `::highlight(${name}) { background-color: ${ink.background}; color: ${ink.text}; ` +
    `text-decoration: underline ${style} ${ink.line}; ` +
    `text-decoration-thickness: ${THICKNESS[style]}; text-underline-offset: ${offset}; ` +
    "text-decoration-skip-ink: none; text-shadow: none }"
  );
}

/**
 * Whether the text below an element is dark on light or light on dark, by its computed colour.
 *
 * @param {Element} element
 * @returns {Scheme}
 */
export function schemeOf(element) {
  const colour = element.ownerDocument.defaultView?.getComputedStyle(element).color ?? "#000";
  const context = new OffscreenCanvas(1, 1).getContext("2d");
  if (!context) return "light";
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140 ? "dark" : "light";
}
