/** @import { Sentence, TextRange } from "./types.js" */

/**
 * A sentence at other offsets.
 *
 * @param {Sentence} sentence
 * @param {number} by  UTF-16 code units
 * @returns {Sentence}
 */
export function shifted(sentence, by) {
  /**
   * @template {TextRange} T
   * @param {T} range
   */
  const shift = (range) => ({ ...range, start: range.start + by, end: range.end + by });
  return { ...shift(sentence), evidence: sentence.evidence.map(shift) };
}
