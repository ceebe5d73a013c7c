/**
 * The report for other programs and for notes: JSON in the shape of `/v1/score`, CSV, text.
 *
 * @import { Thresholds } from "../highlighter/types.js"
 * @import { ReportState } from "./report_state.js"
 */

import { LABELS, UNVERIFIED_ATTRIBUTION } from "../shared/labels.js";
import {
  count,
  figureRows,
  findingText,
  kindsText,
  scoreText,
  sizeText,
} from "../shared/wording.js";

/** A spreadsheet would run a cell that begins like this. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * The report at the reader's own thresholds.
 *
 * @param {ReportState} report
 * @param {Thresholds} thresholds
 */
export function reportObject(report, thresholds) {
  const { findings, summary } = report.at(thresholds);
  const { positions, mostMarked, ...figures } = summary;
  /** @param {Record<string, number>} perLabel */
  const shown = (perLabel) =>
    Object.fromEntries(Object.entries(perLabel).filter(([label]) => label in thresholds));
  return {
    model: report.model,
    offset_unit: "utf16",
    thresholds,
    sentences: report.sentences.map(({ index, start, end, scores, evidence, kind }) => {
      const found = findings.filter(({ sentence }) => sentence === index);
      const flags = LABELS.filter((label) => found.some((finding) => finding.label === label));
      return {
        index,
        start,
        end,
        text: report.text.slice(start, end),
        scores: scores && shown(scores),
        flags,
        evidence: evidence.filter(({ label }) => flags.includes(label)),
        kind: flags.includes(UNVERIFIED_ATTRIBUTION) ? kind : null,
      };
    }),
    summary: {
      ...figures,
      flagged: shown(figures.flagged),
      shares: shown(figures.shares),
      densities: shown(figures.densities),
      most_marked: mostMarked,
    },
    warnings: report.warnings,
  };
}

/**
 * One row for each finding.
 *
 * @param {ReportState} report
 * @param {Thresholds} thresholds
 */
export function reportCsv(report, thresholds) {
  const { findings } = report.at(thresholds);
  const rows = findings.map(({ sentence, label, kind, score, words, start, end }) => [
    String(sentence + 1),
    label,
    kind ?? "",
    String(score),
    words,
    report.text.slice(start, end),
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
 * Plain text for a mail or a note, without any link.
 *
 * @param {ReportState} report
 * @param {Thresholds} thresholds
 */
export function reportText(report, thresholds) {
  const { findings, summary } = report.at(thresholds);
  const figures = figureRows(summary, Object.keys(thresholds)).map(
    ({ label, title, flagged, share, density }) =>
      `${title}: ${count(flagged, "sentence")} (${share}), ${density} marks per 1,000 words, ` +
      `flagged from ${scoreText(thresholds[label] ?? 0)}`,
  );
  const marks = findings.map((finding, index) => {
    const sentence = report.text.slice(finding.start, finding.end);
    return `${index + 1}. ${findingText(finding)}: “${finding.words}”\n   ${sentence}`;
  });
  return [
    `Sayso, ${report.model || "unfinished"}`,
    sizeText(summary),
    "",
    ...figures,
    ...[kindsText(summary)].filter(Boolean),
    "",
    ...marks,
    "",
    "The marks judge wording, never truth.",
    "",
  ].join("\n");
}

/**
 * Let the reader download a file.
 *
 * @param {string} name
 * @param {string} type
 * @param {string} content
 */
export function download(name, type, content) {
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
