/**
 * What a reader can take along: a report as JSON in the shape of `/v1/score`, as CSV, as text.
 *
 * @import { Finding, Label, Thresholds } from "../highlighter/types.js"
 * @import { Reading } from "./report_state.js"
 */

import { count, percent } from "../shared/dom.js";
import { KIND_LOOKS, LABELS, LABEL_LOOKS } from "../shared/labels.js";
import { kindsInWords } from "./summary_view.js";

/** A cell that begins so would be run by a spreadsheet. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * The report at the reader's own thresholds.
 *
 * @param {Reading} reading
 * @param {Thresholds} thresholds
 */
export function reportObject(reading, thresholds) {
  const findings = reading.findings(thresholds);
  const { positions, mostMarked, ...figures } = reading.summary(findings);
  /** @param {Record<string, number>} each */
  const wanted = (each) =>
    Object.fromEntries(Object.entries(each).filter(([label]) => label in thresholds));
  return {
    model: reading.model,
    offset_unit: "utf16",
    thresholds,
    sentences: reading.sentences.map((one) => {
      const flags = findings.filter((f) => f.sentence === one.index).map((f) => f.label);
      return {
        index: one.index,
        start: one.start,
        end: one.end,
        text: reading.text.slice(one.start, one.end),
        scores: one.scores && wanted(one.scores),
        flags: LABELS.filter((label) => flags.includes(label)),
        evidence: one.evidence.filter((found) => flags.includes(found.label)),
        kind: flags.includes("unverified_attribution") ? one.kind : null,
      };
    }),
    summary: {
      ...figures,
      flagged: wanted(figures.flagged),
      shares: wanted(figures.shares),
      densities: wanted(figures.densities),
      most_marked: mostMarked,
    },
    warnings: reading.warnings,
  };
}

/**
 * A row a finding.
 *
 * @param {Reading} reading
 * @param {Thresholds} thresholds
 */
export function reportCsv(reading, thresholds) {
  const rows = reading.findings(thresholds).map((one) => [
    String(one.sentence + 1),
    one.label,
    one.kind ?? "",
    String(one.score),
    one.words,
    reading.text.slice(one.start, one.end),
  ]);
  const head = ["sentence", "label", "kind", "score", "words", "text"];
  return [head, ...rows].map((row) => row.map(cell).join(",") + "\r\n").join("");
}

/** @param {string} value */
function cell(value) {
  const safe = FORMULA.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Plain words for a mail or a note, without any link.
 *
 * @param {Reading} reading
 * @param {Thresholds} thresholds
 */
export function reportText(reading, thresholds) {
  const findings = reading.findings(thresholds);
  const summary = reading.summary(findings);
  const labels = LABELS.filter((label) => label in thresholds);
  /** @param {Label} label */
  const figures = (label) =>
    `${LABEL_LOOKS[label].title}: ${count(summary.flagged[label], "sentence")} ` +
    `(${percent(summary.shares[label])}), ` +
    `${summary.densities[label].toFixed(1)} marks per 1,000 words, ` +
    `marked from ${percent(thresholds[label] ?? 0)}`;
  const marks = findings.map((one, index) => {
    const kind = one.kind ? `, ${KIND_LOOKS[one.kind].name}` : "";
    const name = `${LABEL_LOOKS[one.label].title}${kind}, ${percent(one.score)}`;
    const sentence = reading.text.slice(one.start, one.end);
    return `${index + 1}. ${name}: “${one.words}”\n   ${sentence}`;
  });
  return [
    `Sayso, ${reading.model || "unfinished"}`,
    `${count(summary.sentences, "sentence")}, ${count(summary.words, "word")}`,
    "",
    ...labels.map(figures),
    ...[kindsInWords(summary)].filter(Boolean),
    "",
    ...marks,
    "",
    "The marks judge wording, never truth.",
    "",
  ].join("\n");
}

/**
 * Hand a file to the reader.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} content
 */
export function save(name, type, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** @param {string} text */
export async function copy(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const field = document.createElement("textarea"); // a page over plain HTTP has no clipboard
  field.value = text;
  document.body.append(field);
  field.select();
  const isCopied = document.execCommand("copy");
  field.remove();
  if (!isCopied) throw new Error("the browser did not copy");
}
