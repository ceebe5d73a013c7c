/**
 * Small charts as SVG elements, in a label's colour. They carry their words in `aria-label`.
 *
 * @import { Label } from "./labels.js"
 */

import { LABEL_INFO } from "./labels.js";

const WIDTH = 100;
const HEIGHT = 10;
const COLOUR = "var(--label-line)";

/**
 * A strip that is as long as the article, with a tick for each mark.
 *
 * @param {Label} label
 * @param {readonly number[]} positions  0 to 1
 */
export function strip(label, positions) {
  const percents = positions.map((position) => Math.round(100 * position)).join(", ");
  const marks = percents ? `marks at ${percents} percent of the article` : "no marks";
  const axis = { x1: 0, x2: WIDTH, y1: HEIGHT, stroke: "currentColor", "stroke-opacity": 0.3 };
  const ticks = positions.map((position) => {
    const x = WIDTH * position;
    return { x1: x, x2: x, y1: 0, stroke: COLOUR, "stroke-width": 2.5 };
  });
  const lines = [axis, ...ticks].map((line) =>
    svg("line", { ...line, y2: HEIGHT, "vector-effect": "non-scaling-stroke" }),
  );
  const name = `${LABEL_INFO[label].title}: ${marks}`;
  return chart(label, { class: "strip", role: "img", "aria-label": name }, lines);
}

/**
 * A bar, filled as far as a share or a score that is written beside it.
 *
 * @param {Label} label
 * @param {number} share  0 to 1
 */
export function bar(label, share) {
  const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  return chart(label, { "aria-hidden": true }, [
    svg("rect", { ...whole, fill: "currentColor", "fill-opacity": 0.15 }),
    svg("rect", { ...whole, width: WIDTH * Math.min(1, share), fill: COLOUR }),
  ]);
}

/**
 * @param {Label} label
 * @param {Record<string, string | boolean>} attributes
 * @param {readonly SVGElement[]} shapes
 */
function chart(label, attributes, shapes) {
  const box = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
  return svg("svg", { "data-label": label, ...box, ...attributes }, shapes);
}

/**
 * @param {string} name
 * @param {Record<string, string | number | boolean>} attributes
 * @param {readonly SVGElement[]} [contents]
 */
function svg(name, attributes, contents = []) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...contents);
  return element;
}
