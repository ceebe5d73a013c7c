import assert from "node:assert/strict";
import { test } from "node:test";

import { reportCsv, reportObject, reportText } from "../../sayso/web/page/exports.js";
import { ReportState, ThresholdSettings } from "../../sayso/web/page/report_state.js";
import { SENTENCES, TEXT, THRESHOLDS } from "./fixtures.js";

/** @param {string} [text] */
function report(text = TEXT) {
  const state = new ReportState(text);
  state.sentences.push(...SENTENCES);
  state.model = "base-1+1";
  return state;
}

test("JSON has flags, evidence and kind by the reader's thresholds", () => {
  const { sentences, summary } = reportObject(report(), { ...THRESHOLDS, hedging: 0.7 });
  assert.deepEqual(sentences[0].flags, ["hedging", "unverified_attribution"]);
  assert.equal(sentences[0].kind, "unnamed");
  assert.equal(sentences[0].text, "Officials said it may rain.");
  assert.deepEqual([sentences[1].flags, sentences[1].evidence, sentences[1].kind], [[], [], null]);
  assert.deepEqual(summary.most_marked, [0]);
});

test("JSON has nothing of a label that is not shown", () => {
  const written = JSON.stringify(reportObject(report(), { loaded_framing: 0.5 }));
  assert.doesNotMatch(written, /hedging|unverified_attribution/);
});

test("CSV has a row for each finding", () => {
  assert.deepEqual(reportCsv(report(), THRESHOLDS).split("\r\n"), [
    "sentence,label,kind,score,words,text",
    "1,unverified_attribution,unnamed,0.972,Officials said,Officials said it may rain.",
    "1,hedging,,0.8,may,Officials said it may rain.",
    '2,hedging,,0.6,could,"“It could,” he said."',
    "",
  ]);
});

test("a cell of CSV is never a formula", () => {
  const text = `=f("x")${TEXT.slice(7)}`;
  assert.match(reportCsv(report(text), { hedging: 0.7 }), /"'=f\(""x""\)/);
});

test("the copied text has figures and findings", () => {
  const lines = reportText(report(), THRESHOLDS).split("\n");
  assert.deepEqual(lines.slice(0, 2), ["Sayso, base-1+1", "3 sentences, 11 words"]);
  assert.ok(
    lines.includes(
      "Hedging: 2 sentences (67 %), 181.8 marks per 1,000 words, flagged from 0.50",
    ),
  );
  assert.ok(lines.includes("1. unverified attribution 0.97, unnamed: “Officials said”"));
});

test("progress is the share of the text that has been scored", () => {
  const state = new ReportState("x".repeat(114));
  assert.equal(state.progress, 0);
  state.sentences.push(...SENTENCES);
  assert.equal(state.progress, 0.5);
  state.isDone = true;
  assert.equal(state.progress, 1);
});

test("a chosen threshold outlives the model's, and a reset does not", () => {
  const settings = new ThresholdSettings();
  const info = /** @type {any} */ ({ labels: [{ label: "hedging", threshold: 0.4 }] });
  settings.setDefaults(info);
  assert.equal(settings.threshold("hedging"), 0.4);
  settings.set("hedging", 0.9);
  settings.show("loaded_framing", false);
  settings.setDefaults(info);
  assert.deepEqual(settings.thresholds, { hedging: 0.9, unverified_attribution: 0.5 });
  settings.reset();
  assert.deepEqual(settings.thresholds, { ...THRESHOLDS, hedging: 0.4 });
});
