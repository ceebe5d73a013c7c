/** @import { Evidence, Sentence } from "../../sayso/web/highlighter/types.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { joinRanges } from "../src/unread_ranges.js";

const TEXT = "Old news. It may 🌊 rain.\nOld again. Officials said no.\nEnd.";

test("ranges are joined by newlines, and sentences get their offsets back", () => {
  const ranges = [" It may 🌊 rain.\n", " Officials said no.\n"].map((words) => {
    const start = TEXT.indexOf(words);
    return { start, end: start + words.length };
  });
  const joined = joinRanges(TEXT, ranges);
  assert.equal(joined.text, "It may 🌊 rain.\nOfficials said no.");
  const sentences = [
    sentence(0, 0, 15, [3, 6]),
    sentence(1, 16, 34, [16, 25]),
  ];
  const [first, second] = joined.toPage(sentences);
  assert.equal(TEXT.slice(first.start, first.end), "It may 🌊 rain.");
  assert.equal(TEXT.slice(first.evidence[0].start, first.evidence[0].end), "may");
  assert.equal(TEXT.slice(second.start, second.end), "Officials said no.");
  assert.equal(TEXT.slice(second.evidence[0].start, second.evidence[0].end), "Officials");
});

test("a sentence outside all ranges is dropped", () => {
  assert.deepEqual(joinRanges("ab", [{ start: 0, end: 2 }]).toPage([sentence(0, 1, 9, [1, 2])]), []);
});

/**
 * @param {number} index
 * @param {number} start
 * @param {number} end
 * @param {[number, number]} marked
 * @returns {Sentence}
 */
function sentence(index, start, end, [from, to]) {
  /** @type {Evidence[]} */
  const evidence = [{ label: "hedging", start: from, end: to, score: 0.9, quoted: false }];
  return { index, start, end, scores: {}, flags: [], kind: null, evidence };
}
