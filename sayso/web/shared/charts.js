/**
 * Small charts as SVG elements, in a label's colour. They carry their words in `aria-label`.
 *
 * @import { Label } from "./labels.js"
 */

import { LABEL_INFO } from "./labels.js";

const SVG = "http://www.w3.org/2000/svg";
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
  const chart = canvas("strip", label);
  const axis = { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT };
  shape(chart, "line", { ...axis, stroke: "currentColor", "stroke-opacity": 0.3 });
  for (const position of positions) {
    const x = WIDTH * position;
    shape(chart, "line", { x1: x, x2: x, y1: 0, y2: HEIGHT, stroke: COLOUR, "stroke-width": 2.5 });
  }
  for (const line of chart.children) line.setAttribute("vector-effect", "non-scaling-stroke");
  const percents = positions.map((position) => Math.round(100 * position)).join(", ");
  const marks = percents ? `marks at ${percents} percent of the article` : "no marks";
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `${LABEL_INFO[label].title}: ${marks}`);
  return chart;
}

/**
 * A bar, filled as far as a share or a score that is written beside it.
 *
 * @param {Label} label
 * @param {number} share  0 to 1
 */
export function bar(label, share) {
  const chart = canvas("share-bar", label);
  const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  shape(chart, "rect", { ...whole, fill: "currentColor", "fill-opacity": 0.15 });
  shape(chart, "rect", { ...whole, width: WIDTH * Math.min(1, share), fill: COLOUR });
  chart.setAttribute("aria-hidden", "true");
  return chart;
}

/**
 * @param {string} name
 * @param {Label} label
 */
function canvas(name, label) {
  const chart = document.createElementNS(SVG, "svg");
  chart.setAttribute("class", name);
  chart.setAttribute("data-label", label);
  chart.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  chart.setAttribute("preserveAspectRatio", "none");
  return chart;
}

/**
 * @param {SVGElement} chart
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 */
function shape(chart, name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  chart.append(element);
}
