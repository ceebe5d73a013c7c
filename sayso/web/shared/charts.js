/**
 * Small charts as SVG elements, for a page of any document. They carry their colours themselves and
 * their words in `aria-label`, so that they can be copied into a file.
 *
 * @import { Label } from "../highlighter/types.js"
 */

import { LABEL_LOOKS } from "./labels.js";

const SVG = "http://www.w3.org/2000/svg";
const WIDTH = 100;
const HEIGHT = 10;

/**
 * A strip that is as long as the article, with a tick where each mark lies.
 *
 * @param {Label} label
 * @param {readonly number[]} positions  0 to 1
 * @param {string} colour
 * @param {Document} [page]
 */
export function strip(label, positions, colour, page = document) {
  const chart = canvas("strip", page);
  const axis = shape(chart, "line", { x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT });
  axis.setAttribute("stroke", "currentColor");
  axis.setAttribute("stroke-opacity", "0.3");
  for (const position of positions) {
    const x = WIDTH * position;
    shape(chart, "line", { x1: x, x2: x, y1: 0, y2: HEIGHT, stroke: colour, "stroke-width": 2.5 });
  }
  for (const line of chart.children) line.setAttribute("vector-effect", "non-scaling-stroke");
  const places = positions.map((one) => Math.round(100 * one)).join(", ");
  const name = LABEL_LOOKS[label].title;
  chart.setAttribute(
    "aria-label",
    places ? `${name}: marks at ${places} percent of the article` : `${name}: no marks`,
  );
  return chart;
}

/**
 * A bar that is filled as far as a share goes.
 *
 * @param {number} share  0 to 1
 * @param {string} colour
 * @param {string} words  for screen readers; "" where the figure stands beside the bar
 * @param {Document} [page]
 */
export function bar(share, colour, words = "", page = document) {
  const chart = canvas("bar-of", page);
  const whole = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  shape(chart, "rect", { ...whole, fill: "currentColor", "fill-opacity": 0.15 });
  shape(chart, "rect", { ...whole, width: WIDTH * Math.min(1, share), fill: colour });
  if (words) {
    chart.setAttribute("aria-label", words);
  } else {
    chart.removeAttribute("role");
    chart.setAttribute("aria-hidden", "true");
  }
  return chart;
}

/**
 * @param {string} name
 * @param {Document} page
 */
function canvas(name, page) {
  const chart = page.createElementNS(SVG, "svg");
  chart.setAttribute("class", name);
  chart.setAttribute("role", "img");
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
  const made = chart.ownerDocument.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  chart.append(made);
  return made;
}
