/**
 * What is said of findings and figures, in the words of the command line's reports.
 *
 * @import { Summary } from "../highlighter/findings.js"
 * @import { Finding } from "../highlighter/types.js"
 * @import { Kind, Label } from "./labels.js"
 */

import { KINDS, KIND_INFO, LABELS, LABEL_INFO } from "./labels.js";

/** @param {number} score  0 to 1 */
export const scoreText = (score) => score.toFixed(2);

/** @param {number} share  0 to 1 */
export const percent = (share) => `${Math.round(100 * share)} %`;

/**
 * "1 sentence", "2 sentences", "1,200 words".
 *
 * @param {number} number
 * @param {string} noun
 */
export const count = (number, noun) =>
  `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

/**
 * "unverified attribution 0.97, unnamed, quoted".
 *
 * @param {Finding} finding
 */
export function findingText(finding) {
  const { label, kind, score } = finding;
  const details = [`${LABEL_INFO[label].name} ${scoreText(score)}`];
  if (kind) details.push(KIND_INFO[kind].name);
  if (isQuoted(finding)) details.push("quoted");
  return details.join(", ");
}

/**
 * Whether all of a finding's words stand inside quotation marks.
 *
 * @param {Finding} finding
 */
export const isQuoted = ({ spans }) => spans.every((span) => span.quoted);

/**
 * What a label means, and the kind of an unverified attribution, in one sentence.
 *
 * @param {Label} label
 * @param {Kind | null} [kind]
 */
export function explanation(label, kind = null) {
  const details = kind ? `: ${KIND_INFO[kind].meaning}` : "";
  return `The sentence ${LABEL_INFO[label].meaning}${details}.`;
}

/** @param {Summary} summary */
export const sizeText = ({ sentences, words }) =>
  `${count(sentences, "sentence")}, ${count(words, "word")}`;

/**
 * The table of figures: a row for each of the labels, in their order.
 *
 * @param {Summary} summary
 * @param {readonly string[]} labels
 */
export function figureRows({ flagged, shares, densities }, labels) {
  return LABELS.filter((label) => labels.includes(label)).map((label) => ({
    label,
    title: LABEL_INFO[label].title,
    flagged: flagged[label],
    share: percent(shares[label]),
    density: densities[label].toFixed(1),
  }));
}

/**
 * "Unverified attributions by kind: unnamed 3 · no source 1"; "" where there are none.
 *
 * @param {Summary} summary
 */
export function kindsText({ kinds }) {
  const counts = KINDS.filter((kind) => kinds[kind]).map(
    (kind) => `${KIND_INFO[kind].name} ${kinds[kind]}`,
  );
  return counts.length ? `Unverified attributions by kind: ${counts.join(" · ")}` : "";
}
