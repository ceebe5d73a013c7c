/** @import { Finding } from "../../sayso/web/highlighter/types.js" */

import assert from "node:assert/strict";
import { test } from "node:test";

import { findFindings, summarize } from "../../sayso/web/highlighter/findings.js";
import {
  count,
  explanation,
  figureRows,
  findingText,
  kindsText,
  percent,
  sizeText,
} from "../../sayso/web/shared/wording.js";
import { SENTENCES, TEXT, THRESHOLDS } from "./fixtures.js";

const FINDINGS = findFindings(SENTENCES, TEXT, THRESHOLDS);
const SUMMARY = summarize(SENTENCES, TEXT, FINDINGS);

test("a finding is described as in the command line's reports", () => {
  assert.deepEqual(FINDINGS.map(findingText), [
    "unverified attribution 0.97, unnamed",
    "hedging 0.80",
    "hedging 0.60, quoted",
  ]);
});

test("a finding is quoted only if all its words are", () => {
  const [, , finding] = FINDINGS;
  const spans = [...finding.spans, { ...finding.spans[0], quoted: false }];
  assert.equal(findingText({ ...finding, spans }), "hedging 0.60");
});

test("an explanation has the label's meaning, and the kind's", () => {
  assert.equal(
    explanation("hedging"),
    "The sentence presents a proposition as less than certain.",
  );
  const ofKind = explanation("unverified_attribution", "no_source");
  assert.match(ofKind, /: no source is given at all\.$/);
});

test("the table has a row for each label that is shown, in their order", () => {
  assert.deepEqual(figureRows(SUMMARY, ["unverified_attribution", "hedging"]), [
    { label: "hedging", title: "Hedging", flagged: 2, share: "67 %", density: "181.8" },
    {
      label: "unverified_attribution",
      title: "Unverified attribution",
      flagged: 1,
      share: "33 %",
      density: "90.9",
    },
  ]);
});

test("kinds are counted in their order", () => {
  const kinds = { withheld: 2, unnamed: 3 };
  assert.equal(
    kindsText({ ...SUMMARY, kinds }),
    "Unverified attributions by kind: unnamed 3 · withheld 2",
  );
  assert.equal(kindsText({ ...SUMMARY, kinds: {} }), "");
});

test("numbers", () => {
  assert.equal(count(1, "word"), "1 word");
  assert.equal(count(1200, "word"), "1,200 words");
  assert.equal(percent(0.125), "13 %");
  assert.equal(sizeText(SUMMARY), "3 sentences, 11 words");
});
