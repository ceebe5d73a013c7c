/**
 * From the server's sentences to what the reader is shown, at the reader's own thresholds.
 *
 * @import { Finding, Kind, Label, Sentence, Thresholds } from "./types.js"
 */

/**
 * @typedef {object} Summary  as the server's own summary, and where the marks lie
 * @property {number} sentences
 * @property {number} words
 * @property {Record<Label, number>} flagged  sentences with the label
 * @property {Record<Label, number>} shares  flagged sentences per sentence, 0 to 1
 * @property {Record<Label, number>} densities  spans per 1,000 words
 * @property {Partial<Record<Kind, number>>} kinds
 * @property {number[]} mostMarked  indices of up to five sentences, most marked first
 * @property {Record<Label, number[]>} positions  of each flagged sentence's middle along the text,
 *   0 to 1
 */

/**
 * What is to be marked: each label of each sentence whose score reaches the reader's threshold, in
 * the order of the text. A label without a threshold is left out.
 *
 * @param {readonly Sentence[]} sentences
 * @param {string} text  that the offsets count in
 * @param {Thresholds} thresholds
 * @returns {Finding[]}
 */
export function findFindings(sentences, text, thresholds) {
  throw new Error("not yet");
}

/**
 * @param {readonly Sentence[]} sentences
 * @param {string} text
 * @param {readonly Finding[]} findings  of these sentences
 * @returns {Summary}
 */
export function summarize(sentences, text, findings) {
  throw new Error("not yet");
}
