/**
 * One text and what is known of it so far.
 *
 * @import { Finding, Info, Label } from "../highlighter/types.js"
 * @import { ReportWarning, Sentence, Thresholds } from "../highlighter/types.js"
 */

import { findFindings, summarize } from "../highlighter/findings.js";
import { LABELS } from "../shared/labels.js";

export class Reading {
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

  /** @param {Sentence[]} sentences */
  add(sentences) {
    this.sentences.push(...sentences);
  }

  /** How much of the text has been read, 0 to 1. */
  get progress() {
    if (this.isDone) return 1;
    return (this.sentences.at(-1)?.end ?? 0) / Math.max(1, this.text.length);
  }

  /**
   * @param {Thresholds} thresholds
   * @returns {Finding[]}
   */
  findings(thresholds) {
    return findFindings(this.sentences, this.text, thresholds);
  }

  /** @param {readonly Finding[]} findings */
  summary(findings) {
    return summarize(this.sentences, this.text, findings);
  }
}

/** Which labels are shown, and from which score on. */
export class Choice {
  /** @type {Record<Label, number>} */
  #own = { hedging: 0.5, unverified_attribution: 0.5, loaded_framing: 0.5 };
  #chosen = { ...this.#own };
  /** @type {Set<Label>} */
  #hidden = new Set();

  /** @param {Info} info */
  learn(info) {
    for (const { label, threshold } of info.labels) {
      if (this.#chosen[label] === this.#own[label]) this.#chosen[label] = threshold;
      this.#own[label] = threshold;
    }
  }

  /** @param {Label} label */
  threshold(label) {
    return this.#chosen[label];
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

  /** Back to what the model was made for. */
  reset() {
    this.#chosen = { ...this.#own };
    this.#hidden.clear();
  }

  /** @returns {Label[]} */
  get labels() {
    return LABELS.filter((label) => !this.#hidden.has(label));
  }

  /** @returns {Thresholds} */
  get thresholds() {
    return Object.fromEntries(this.labels.map((label) => [label, this.#chosen[label]]));
  }
}
