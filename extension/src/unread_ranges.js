/**
 * Some ranges of a text as one text to send, and the way back.
 *
 * Of a page that has changed only the new ranges are sent. Each is on a line of its own, so that no
 * sentence runs from one into the next.
 *
 * @import { Sentence, TextRange } from "../../sayso/web/highlighter/types.js"
 */

import { shifted } from "../../sayso/web/highlighter/offsets.js";

/**
 * @param {string} text
 * @param {readonly TextRange[]} ranges  in order, not overlapping
 * @returns {{text: string, toPage: (sentences: readonly Sentence[]) => Sentence[]}} `toPage` gives
 *   sentences of the joined text their offsets in `text`; indices stay as they are
 */
export function joinRanges(text, ranges) {
  /** @type {{start: number, end: number, shift: number}[]} */
  const lines = [];
  let joined = "";
  for (const range of ranges) {
    const words = text.slice(range.start, range.end).trim();
    if (joined) joined += "\n";
    const start = joined.length;
    joined += words;
    lines.push({ start, end: joined.length, shift: text.indexOf(words, range.start) - start });
  }
  /** @param {readonly Sentence[]} sentences */
  const toPage = (sentences) =>
    sentences.flatMap((sentence) => {
      const line = lines.find(({ start, end }) => start <= sentence.start && sentence.end <= end);
      return line ? [shifted(sentence, line.shift)] : [];
    });
  return { text: joined, toPage };
}
