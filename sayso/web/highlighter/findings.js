/**
 * Findings and figures from the server's sentences, at the reader's own thresholds.
 *
 * @import { Kind, Label } from "../shared/labels.js"
 * @import { Finding, Sentence, Thresholds } from "./types.js"
 */

import { LABELS, UNVERIFIED_ATTRIBUTION } from "../shared/labels.js";

const WORD = /[\p{L}\p{N}_]+(?:[’'-][\p{L}\p{N}_]+)*/gu;
const MOST_MARKED = 5;

/**
 * @typedef {object} Summary  as the server's own summary, and the positions of the marks
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
 * Each label of each sentence whose score reaches the reader's threshold, in the order of the text.
 * A label without a threshold is left out.
 *
 * @param {readonly Sentence[]} sentences
 * @param {string} text  that the offsets count in
 * @param {Thresholds} thresholds
 * @returns {Finding[]}
 */
export function findFindings(sentences, text, thresholds) {
  return sentences.flatMap((sentence) =>
    LABELS.flatMap((label) => {
      const score = sentence.scores?.[label] ?? -1;
      const spans = sentence.evidence.filter((evidence) => evidence.label === label);
      if (!spans.length || score < (thresholds[label] ?? Infinity)) return [];
      return [
        {
          id: `${sentence.index}-${label}`,
          label,
          kind: label === UNVERIFIED_ATTRIBUTION ? sentence.kind : null,
          score,
          sentence: sentence.index,
          start: sentence.start,
          end: sentence.end,
          spans,
          words: spans.map(({ start, end }) => onOneLine(text.slice(start, end))).join(" … "),
        },
      ];
    }).sort((a, b) => a.spans[0].start - b.spans[0].start),
  );
}

/**
 * @param {readonly Sentence[]} sentences
 * @param {string} text
 * @param {readonly Finding[]} findings  of these sentences
 * @returns {Summary}
 */
export function summarize(sentences, text, findings) {
  const counts = sentences.map(({ start, end }) => countWords(text.slice(start, end)));
  const words = counts.reduce((sum, count) => sum + count, 0);
  /** @type {Partial<Record<Kind, number>>} */
  const kinds = {};
  /** @type {Map<number, {flags: number, scores: number}>} */
  const totals = new Map();
  for (const { sentence, kind, score } of findings) {
    if (kind) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const { flags, scores } = totals.get(sentence) ?? { flags: 0, scores: 0 };
    totals.set(sentence, { flags: flags + 1, scores: scores + score });
  }
  const mostMarked = [...totals]
    .sort(([, a], [, b]) => b.flags - a.flags || b.scores - a.scores)
    .slice(0, MOST_MARKED)
    .map(([index]) => index);
  /**
   * @template T
   * @param {(found: Finding[]) => T} figure
   */
  const perLabel = (figure) => {
    const figures = LABELS.map((label) => {
      return [label, figure(findings.filter((finding) => finding.label === label))];
    });
    return /** @type {Record<Label, T>} */ (Object.fromEntries(figures));
  };
  return {
    sentences: sentences.length,
    words,
    flagged: perLabel((found) => found.length),
    shares: perLabel((found) => found.length / Math.max(1, sentences.length)),
    densities: perLabel(
      (found) => (1000 * found.flatMap(({ spans }) => spans).length) / Math.max(1, words),
    ),
    kinds,
    mostMarked,
    positions: perLabel((found) =>
      found.map(({ start, end }) => (start + end) / 2 / Math.max(1, text.length)),
    ),
  };
}

/** @param {string} text */
export function countWords(text) {
  return text.match(WORD)?.length ?? 0;
}

/** @param {string} words */
export const onOneLine = (words) => words.replace(/\s+/g, " ").trim();
