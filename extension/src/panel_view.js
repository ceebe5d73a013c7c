/**
 * The contents of the panel: summary and findings.
 *
 * @import { Label } from "../../sayso/web/shared/labels.js"
 * @import { ReaderState, ShownFinding } from "./messages.js"
 *
 * @typedef {ShownFinding & {guide: string}} ListedFinding  `guide`: the address of the page that
 *   explains the labels; "" if there is none
 */

import { bar, strip } from "../../sayso/web/shared/charts.js";
import { byId, make, swatch } from "../../sayso/web/shared/dom.js";
import { LABEL_INFO, anchorOf } from "../../sayso/web/shared/labels.js";
import {
  count,
  explanation,
  figureRows,
  findingText,
  sizeText,
} from "../../sayso/web/shared/wording.js";

/**
 * @param {ReaderState} state
 * @param {readonly Label[]} labels  that are shown
 */
export function showSummary(state, labels) {
  const { summary } = state;
  if (!summary) return;
  byId("figures").textContent =
    `${sizeText(summary)}. The bars show the share of sentences with a mark, the strips the ` +
    "position of the marks in the article.";
  const rows = figureRows(summary, labels).map(({ label, flagged, share, density }) =>
    make(
      "div",
      { class: "label" },
      make("p", { title: explanation(label) }, make("strong", {}, swatch(label))),
      make(
        "p",
        {},
        `${count(flagged, "sentence")}, ${share} of all; ${density} marks per 1,000 words`,
      ),
      bar(label, summary.shares[label]),
      strip(label, summary.positions[label]),
    ),
  );
  byId("labels").replaceChildren(...rows);
  byId("notes").replaceChildren(...notesOf(state).map((note) => make("li", {}, note)));
}

/** @param {ShownFinding} finding */
export function findingButton(finding) {
  return [
    swatch(finding.label, finding.words),
    make("br"),
    make("span", { class: "note" }, findingText(finding)),
  ];
}

/** @param {ListedFinding} finding */
export function findingDetails({ label, kind, context, guide }) {
  const details = make(
    "div",
    { class: "details" },
    make("p", {}, context),
    make("p", {}, explanation(label, kind)),
  );
  if (guide) {
    const link = { href: `${guide}#${anchorOf(label)}`, target: "_blank", rel: "noreferrer" };
    details.append(make("p", {}, make("a", link, `What counts as ${LABEL_INFO[label].name}`)));
  }
  return details;
}

/**
 * What is to be said of a page besides the figures.
 *
 * @param {ReaderState} state
 * @returns {string[]}
 */
function notesOf({ warnings, leftOut, isCached }) {
  return [
    ...warnings.map((warning) => warning.replace(/\.?$/, ".")),
    ...leftOut.map((part) => `Left out: ${part}.`),
    ...(isCached ? ["Cached: nothing was sent."] : []),
  ];
}
