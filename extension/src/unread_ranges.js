/**
 * Some stretches of a text as one text to send, and the way back.
 *
 * A page that has changed is asked for its new stretches only. Each stands on a line of its own,
 * so that no sentence runs from one into the next.
 *
 * @import { Sentence } from "../../sayso/web/highlighter/types.js"
 *
 * @typedef {{start: number, end: number}} Stretch
 */

/**
 * @param {string} text
 * @param {readonly Stretch[]} stretches  in order, not overlapping
 * @returns {{text: string, back: (sentences: readonly Sentence[]) => Sentence[]}} `back` gives
 *   sentences of the joined text their places in `text`; indices stay as they are
 */
export function joinStretches(text, stretches) {
  /** @type {{from: number, to: number, shift: number}[]} */
  const places = [];
  let joined = "";
  for (const stretch of stretches) {
    const words = text.slice(stretch.start, stretch.end).trim();
    const start = text.indexOf(words, stretch.start);
    if (joined) joined += "\n";
    const from = joined.length;
    places.push({ from, to: from + words.length, shift: start - from });
    joined += words;
  }
  /** @param {readonly Sentence[]} sentences */
  const back = (sentences) =>
    sentences.flatMap((sentence) => {
      const place = places.find(({ from, to }) => from <= sentence.start && sentence.end <= to);
      return place ? [shifted(sentence, place.shift)] : [];
    });
  return { text: joined, back };
}

/**
 * @param {Sentence} sentence
 * @param {number} by
 * @returns {Sentence}
 */
function shifted(sentence, by) {
  return {
    ...sentence,
    start: sentence.start + by,
    end: sentence.end + by,
    evidence: sentence.evidence.map((one) => ({
      ...one,
      start: one.start + by,
      end: one.end + by,
    })),
  };
}
