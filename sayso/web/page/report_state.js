/**
 * The report of one text as far as it has come, and the thresholds that the reader has chosen.
 *
 * @import { Label } from "../shared/labels.js"
 * @import { Info, ReportWarning, Sentence, Thresholds } from "../highlighter/types.js"
 */

import { findFindings, summarize } from "../highlighter/findings.js";
import { LABELS } from "../shared/labels.js";

const UNKNOWN_THRESHOLD = 0.5;

export class ReportState {
  /** @type {Sentence[]} */
  sentences = [];
  /** @type {ReportWarning[]} */
  warnings = [];
  model = "";
  isDone = false;

  /** @param {string} text */
  constructor(text) {
    this.text = text;
  }

  /** How much of the text has been scored, 0 to 1. */
  get progress() {
    if (this.isDone) return 1;
    return (this.sentences.at(-1)?.end ?? 0) / Math.max(1, this.text.length);
  }

  /**
   * The findings, and their figures.
   *
   * @param {Thresholds} thresholds
   */
  at(thresholds) {
    const findings = findFindings(this.sentences, this.text, thresholds);
    return { findings, summary: summarize(this.sentences, this.text, findings) };
  }
}

/** Which labels are shown, and from which score on. */
export class ThresholdSettings {
  /** The model's own, as soon as they are known. */
  #defaults = /** @type {Record<Label, number>} */ (
    Object.fromEntries(LABELS.map((label) => [label, UNKNOWN_THRESHOLD]))
  );
  /** @type {Thresholds} */
  #chosen = {};
  /** @type {Set<Label>} */
  #hidden = new Set();

  /** @param {Info} info */
  setDefaults(info) {
    for (const { label, threshold } of info.labels) this.#defaults[label] = threshold;
  }

  /** @param {Label} label */
  threshold(label) {
    return this.#chosen[label] ?? this.#defaults[label];
  }

  /**
   * @param {Label} label
   * @param {number} threshold
   */
  set(label, threshold) {
    this.#chosen[label] = threshold;
  }

  /**
   * @param {Label} label
   * @param {boolean} isShown
   */
  show(label, isShown) {
    if (isShown) this.#hidden.delete(label);
    else this.#hidden.add(label);
  }

  reset() {
    this.#chosen = {};
    this.#hidden.clear();
  }

  /** @returns {Label[]} */
  get labels() {
    return LABELS.filter((label) => !this.#hidden.has(label));
  }

  /** @returns {Thresholds} of the labels that are shown */
  get thresholds() {
    return Object.fromEntries(this.labels.map((label) => [label, this.threshold(label)]));
  }
}
