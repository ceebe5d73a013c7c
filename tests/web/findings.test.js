import assert from "node:assert/strict";
import { test } from "node:test";

import { countWords, findFindings, summarize } from "../../sayso/web/highlighter/findings.js";
import { SENTENCES, TEXT, THRESHOLDS, evidence, sentence } from "./fixtures.js";

test("findings are the labels that reach the reader's thresholds, in the order of the text", () => {
  const findings = findFindings(SENTENCES, TEXT, THRESHOLDS);
  assert.deepEqual(
    findings.map(({ id, kind, words }) => [id, kind, words]),
    [
      ["0-unverified_attribution", "unnamed", "Officials said"],
      ["0-hedging", null, "may"],
      ["1-hedging", null, "could"],
    ],
  );
});

test("a label without a threshold has no findings", () => {
  const findings = findFindings(SENTENCES, TEXT, { hedging: 0.7 });
  assert.deepEqual(findings.map(({ id }) => id), ["0-hedging"]);
});

test("the score may equal the threshold", () => {
  assert.equal(findFindings(SENTENCES, TEXT, { hedging: 0.6 }).length, 2);
});

test("spans of one finding are joined, each on one line", () => {
  const one = sentence(0, 0, 12, {
    scores: { hedging: 1 },
    evidence: [evidence("hedging", 0, 6), evidence("hedging", 7, 9)],
  });
  const [finding] = findFindings([one], "it\nmay or be", { hedging: 0.5 });
  assert.equal(finding.words, "it may … or");
});

test("an unscored sentence has no findings", () => {
  assert.deepEqual(findFindings([sentence(0, 0, 3, { scores: null })], "…", THRESHOLDS), []);
});

test("the summary has the figures of its findings", () => {
  const summary = summarize(SENTENCES, TEXT, findFindings(SENTENCES, TEXT, THRESHOLDS));
  assert.equal(summary.sentences, 3);
  assert.equal(summary.words, 11);
  assert.deepEqual(summary.flagged, { hedging: 2, unverified_attribution: 1, loaded_framing: 0 });
  assert.equal(summary.shares.hedging, 2 / 3);
  assert.equal(summary.densities.hedging, 2000 / 11);
  assert.deepEqual(summary.kinds, { unnamed: 1 });
  assert.deepEqual(summary.mostMarked, [0, 1]);
  assert.deepEqual(summary.positions.unverified_attribution, [13.5 / TEXT.length]);
});

test("the summary of an empty text has no infinite figures", () => {
  const { shares, densities } = summarize([], "", []);
  assert.deepEqual([shares.hedging, densities.hedging], [0, 0]);
});

test("words are counted as the server counts them", () => {
  assert.equal(countWords("It’s a well-known 3,000 – or so."), 7);
});
