/**
 * How marks look: the names of the highlights and their style sheet.
 *
 * @import { Ink, OwnColours } from "../shared/labels.js"
 * @import { Label } from "./types.js"
 */

import { LABELS, LABEL_LOOKS } from "../shared/labels.js";

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
 * @param {string} [holder]  a selector of what holds all marks; see `holderOf`
 * @returns {string}
 */
export function highlightRules(scheme, colours = {}, holder = "") {
  const where = holder && `:is(${holder}, ${holder} *)`;
  const rules = LABELS.map((label) => {
    const { style, [scheme]: ready } = LABEL_LOOKS[label];
    const ink = { ...ready, ...colours[label]?.[scheme] };
    return rule(`${where}::highlight(${highlightName(label)})`, ink, style, OFFSETS[label]);
  });
  rules.push(rule(`${where}::highlight(${FOCUS})`, FOCUS_INK[scheme], "solid", OFFSETS.hedging));
  const names = [...LABELS.map(highlightName), FOCUS];
  const forced = names.map((name) => `${where}::highlight(${name})`);
  rules.push(
    `@media (forced-colors: active) { ${forced.join(", ")} ` +
      "{ background-color: Mark; color: MarkText; text-decoration-color: MarkText } }",
  );
  return rules.join("\n");
}

/**
 * A selector of an element that holds all marks, as small a one as has a name; "" where none has.
 * What is outside of it the browser need not style anew, which on a large page takes longer than all
 * else.
 *
 * @param {Element} root
 * @returns {string}
 */
export function holderOf(root) {
  const holder = root.closest('article, main, [id]:not([id=""])');
  if (!holder) return "";
  const isNamed = ["article", "main"].includes(holder.localName);
  return isNamed ? holder.localName : `#${CSS.escape(holder.id)}`;
}

/**
 * @param {string} selector
 * @param {Ink} ink
 * @param {keyof typeof THICKNESS} style
 * @param {string} offset
 */
function rule(selector, ink, style, offset) {
  return (
    `${selector} { background-color: ${ink.background}; color: ${ink.text}; ` +
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
