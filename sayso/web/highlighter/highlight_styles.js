/**
 * How marks look: the names of the highlights and their style sheet.
 *
 * @import { CustomPalettes, Label, LineStyle, Palette, Scheme } from "../shared/labels.js"
 */

import { LABELS, LABEL_INFO } from "../shared/labels.js";
import { LINE_WIDTHS } from "../shared/theme.js";

export const FOCUS = "sayso-focus";
const FOCUS_PALETTE = {
  light: { background: "#1d1a16", text: "#ffffff", line: "#ffffff" },
  dark: { background: "#f4efe6", text: "#14120f", line: "#14120f" },
};
/** In em: lines of labels that share words keep apart. */
const LINE_OFFSETS = { solid: 0.16, dashed: 0.3, wavy: 0.22 };

/** Whether this browser can mark: `false` where it has no Custom Highlight API. */
export const canPaint = () => typeof Highlight === "function" && "highlights" in CSS;

/** @param {Label} label */
export const highlightName = (label) => `sayso-${label}`;

/**
 * The CSS rules of marks.
 *
 * @param {Scheme} scheme
 * @param {CustomPalettes} [palettes]
 * @param {string} [container]  a selector of an element that holds all marks; see
 *   `containerSelector`
 * @returns {string}
 */
export function highlightRules(scheme, palettes = {}, container = "") {
  const scope = container && `:is(${container}, ${container} *)`;
  const rules = LABELS.map((label) => {
    const { line, [scheme]: standard } = LABEL_INFO[label];
    const palette = palettes[label]?.[scheme] ?? standard;
    return rule(`${scope}::highlight(${highlightName(label)})`, palette, line);
  });
  rules.push(rule(`${scope}::highlight(${FOCUS})`, FOCUS_PALETTE[scheme], "solid"));
  const names = [...LABELS.map(highlightName), FOCUS];
  const forced = names.map((name) => `${scope}::highlight(${name})`);
  rules.push(
    `@media (forced-colors: active) { ${forced.join(", ")} ` +
      "{ background-color: Mark; color: MarkText; text-decoration-color: MarkText } }",
  );
  return rules.join("\n");
}

/**
 * A selector of the smallest element around all marks that has a name; "" if there is none.
 * The browser need not restyle what is outside of it, which on a large page takes longer than all
 * else.
 *
 * @param {Element} root
 * @returns {string}
 */
export function containerSelector(root) {
  const container = root.closest('article, main, [id]:not([id=""])');
  if (!container) return "";
  const isNamed = ["article", "main"].includes(container.localName);
  return isNamed ? container.localName : `#${CSS.escape(container.id)}`;
}

/**
 * @param {string} selector
 * @param {Palette} palette
 * @param {LineStyle} line
 */
function rule(selector, palette, line) {
  return (
    `${selector} { background-color: ${palette.background}; color: ${palette.text}; ` +
    `text-decoration: underline ${line} ${palette.line}; ` +
    `text-decoration-thickness: ${LINE_WIDTHS[line]}px; ` +
    `text-underline-offset: ${LINE_OFFSETS[line]}em; ` +
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
