/**
 * The article at a glance: how many sentences carry each label, and where they are.
 *
 * @import { Summary } from "../highlighter/findings.js"
 */

import { bar, strip } from "../shared/charts.js";
import { make, swatch } from "../shared/dom.js";
import { figureRows, kindsText, sizeText } from "../shared/wording.js";

/**
 * @param {Summary} summary
 * @param {readonly string[]} labels  that are shown
 * @returns {HTMLElement}
 */
export function summaryTable(summary, labels) {
  const head = make(
    "tr",
    {},
    make("th", { scope: "col" }, "Label"),
    make("th", { scope: "col" }, "Sentences"),
    make("th", { scope: "col" }, "Share"),
    make("th", { scope: "col", class: "density" }, "Marks per 1,000 words"),
    make("th", { scope: "col", class: "position" }, "Position, from the first word to the last"),
  );
  const rows = figureRows(summary, labels).map(({ label, flagged, share, density }) =>
    make(
      "tr",
      { "data-label": label },
      make("th", { scope: "row" }, swatch(label)),
      make("td", { class: "figure flagged" }, String(flagged)),
      make(
        "td",
        { class: "figure" },
        make("span", { class: "share" }, bar(label, summary.shares[label]), share),
      ),
      make("td", { class: "figure density" }, density),
      make("td", { class: "position" }, strip(label, summary.positions[label])),
    ),
  );
  return make(
    "div",
    {},
    make(
      "table",
      {},
      make("caption", {}, `${sizeText(summary)}.`),
      make("thead", {}, head),
      make("tbody", {}, ...rows),
    ),
    make("p", { class: "kinds" }, kindsText(summary)),
  );
}
