import assert from "node:assert/strict";
import { test } from "node:test";

import { carryOver, inOrder } from "../../sayso/web/highlighter/watch.js";
import { evidence, sentence } from "./fixtures.js";

/** @param {string} text */
const sentencesOf = (text) =>
  [...text.matchAll(/[^ ][^.]*\./g)].map(({ 0: words, index: start }, index) =>
    sentence(index, start, start + words.length, {
      evidence: [evidence("hedging", start, start + 1)],
    }),
  );

/** @type {[string, string, string[], string[]][]} */
const CASES = [
  ["A one. B two.", "A one. B two.", ["A one.", "B two."], []],
  ["A one. B two.", "B two. A one.", ["B two.", "A one."], []],
  ["A one.", "New. A one. Newer.", ["A one."], ["New.", "Newer."]],
  ["A one. A one.", "A one. A one. A one.", ["A one.", "A one."], ["A one."]],
  ["he left.", "She left. he left.", ["he left."], ["She left."]],
  ["he left.", "Yhe left. he left.", ["he left."], ["Yhe left."]],
  ["A one.", "", [], []],
  ["", "A one.", [], ["A one."]],
  ["A one. B two.", "A one — B two.", ["B two."], ["A one —"]],
];
for (const [before, after, kept, unread] of CASES) {
  test(`from “${before}” to “${after}”`, () => {
    const carried = carryOver(sentencesOf(before), before, after);
    /** @param {{start: number, end: number}} range */
    const words = ({ start, end }) => after.slice(start, end).trim();
    assert.deepEqual(carried.sentences.map(words), kept);
    assert.deepEqual(carried.unread.map(words), unread);
    for (const [index, one] of carried.sentences.entries()) {
      assert.equal(one.index, index);
      assert.equal(one.evidence[0].start, one.start);
    }
  });
}

test("of sentences that overlap the first is kept", () => {
  const kept = inOrder([sentence(0, 5, 9), sentence(1, 0, 6), sentence(2, 0, 4)]);
  assert.deepEqual(kept.map(({ index, start, end }) => [index, start, end]), [[0, 0, 6]]);
});
