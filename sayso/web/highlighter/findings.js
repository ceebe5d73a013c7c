/**
 * From the server's sentences to what the reader is shown, at the reader's own thresholds.
 *
 * @import { Finding, Kind, Label, Sentence, Span, Thresholds } from "./types.js"
 */

import { LABELS } from "../shared/labels.js";

const WORD = /[\p{L}\p{N}_]+(?:[’'-][\p{L}\p{N}_]+)*/gu;
const MOST_MARKED = 5;

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
  return sentences.flatMap((sentence) =>
    LABELS.flatMap((label) => {
      const score = sentence.scores?.[label] ?? -1;
      const spans = spansOf(sentence, label);
      if (!spans.length || score < (thresholds[label] ?? Infinity)) return [];
      return [
        {
          id: `${sentence.index}-${label}`,
          label,
          kind: label === "unverified_attribution" ? sentence.kind : null,
          score,
          sentence: sentence.index,
          start: sentence.start,
          end: sentence.end,
          spans,
          words: spans.map(({ start, end }) => flat(text.slice(start, end))).join(" … "),
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
  const words = sentences.reduce((sum, one) => sum + countWords(text.slice(one.start, one.end)), 0);
  /** @type {Partial<Record<Kind, number>>} */
  const kinds = {};
  /** @type {Map<number, {flags: number, scores: number}>} */
  const marks = new Map();
  for (const { sentence, kind, score } of findings) {
    if (kind) kinds[kind] = (kinds[kind] ?? 0) + 1;
    const mark = marks.get(sentence) ?? { flags: 0, scores: 0 };
    marks.set(sentence, { flags: mark.flags + 1, scores: mark.scores + score });
  }
  const mostMarked = [...marks]
    .sort(([, a], [, b]) => b.flags - a.flags || b.scores - a.scores)
    .slice(0, MOST_MARKED)
    .map(([index]) => index);
  /**
   * @template T
   * @param {(of: Finding[]) => T} figure
   */
  const each = (figure) => {
    const all = LABELS.map((one) => [one, figure(findings.filter(({ label }) => label === one))]);
    return /** @type {Record<Label, T>} */ (Object.fromEntries(all));
  };
  return {
    sentences: sentences.length,
    words,
    flagged: each((of) => of.length),
    shares: each((of) => of.length / Math.max(1, sentences.length)),
    densities: each(
      (of) => (1000 * of.reduce((sum, one) => sum + one.spans.length, 0)) / Math.max(1, words),
    ),
    kinds,
    mostMarked,
    positions: each((of) => of.map((one) => (one.start + one.end) / 2 / Math.max(1, text.length))),
  };
}

/** @param {string} text */
export function countWords(text) {
  return text.match(WORD)?.length ?? 0;
}

/**
 * @param {Sentence} sentence
 * @param {Label} label
 * @returns {Span[]}
 */
function spansOf(sentence, label) {
  return (sentence.evidence ?? [])
    .filter((one) => one.label === label)
    .map(({ start, end, score, quoted }) => ({ start, end, score, quoted }));
}

/** @param {string} words */
const flat = (words) => words.replace(/\s+/g, " ").trim();
