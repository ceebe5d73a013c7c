/**
 * The article at a glance: how many sentences carry each label, and where they lie.
 *
 * @import { Summary } from "../highlighter/findings.js"
 * @import { Kind, Label } from "../highlighter/types.js"
 */

import { count, make, percent } from "../shared/dom.js";
import { bar, strip } from "../shared/charts.js";
import { KINDS, KIND_LOOKS, LABELS, LABEL_LOOKS } from "../shared/labels.js";

/**
 * @param {Summary} summary
 * @param {readonly Label[]} labels  that are shown
 * @returns {HTMLElement}
 */
export function summaryTable(summary, labels) {
  const caption = `${count(summary.sentences, "sentence")}, ${count(summary.words, "word")}.`;
  const head = make(
    "tr",
    {},
    make("th", { scope: "col" }, "Label"),
    make("th", { scope: "col" }, "Sentences"),
    make("th", { scope: "col" }, "Share"),
    make("th", { scope: "col", class: "density" }, "Marks per 1,000 words"),
    make("th", { scope: "col", class: "where" }, "Where, from the first word to the last"),
  );
  const rows = LABELS.filter((label) => labels.includes(label)).map((label) => row(summary, label));
  return make(
    "div",
    {},
    make(
      "table",
      {},
      make("caption", {}, caption),
      make("thead", {}, head),
      make("tbody", {}, ...rows),
    ),
    make("p", { class: "kinds" }, kindsInWords(summary)),
  );
}

/**
 * @param {Summary} summary
 * @param {Label} label
 */
function row(summary, label) {
  const colour = `var(--${label}-line)`;
  const swatch = make("span", { class: "swatch", "data-label": label }, LABEL_LOOKS[label].title);
  const share = make(
    "span",
    { class: "share" },
    bar(summary.shares[label], colour),
    percent(summary.shares[label]),
  );
  return make(
    "tr",
    { "data-label": label },
    make("th", { scope: "row" }, swatch),
    make("td", { class: "figure flagged" }, String(summary.flagged[label])),
    make("td", { class: "figure" }, share),
    make("td", { class: "figure density" }, summary.densities[label].toFixed(1)),
    make("td", { class: "where" }, strip(label, summary.positions[label], colour)),
  );
}

/**
 * "Unverified attributions: 3 unnamed source, 1 no source."
 *
 * @param {Summary} summary
 */
export function kindsInWords({ kinds }) {
  const found = KINDS.filter((kind) => kinds[kind]);
  if (!found.length) return "";
  /** @param {Kind} kind */
  const words = (kind) => `${kinds[kind]} × ${KIND_LOOKS[kind].name}`;
  return `Unverified attributions by kind: ${found.map(words).join(", ")}.`;
}
