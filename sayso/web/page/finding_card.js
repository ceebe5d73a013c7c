/**
 * One finding: its words, label, kind, meaning and score, and a link to the guide.
 *
 * @import { Finding, Thresholds } from "../highlighter/types.js"
 */

import { bar } from "../shared/charts.js";
import { button, make, swatch } from "../shared/dom.js";
import { KIND_INFO, LABEL_INFO, anchorOf } from "../shared/labels.js";
import { explanation, isQuoted, scoreText } from "../shared/wording.js";

const GAP = 10; // pixels between words and card

export class FindingCard {
  /**
   * @param {HTMLElement} element  inside a positioned one
   * @param {object} handlers
   * @param {(id: string) => void} handlers.onSelect  of another finding
   * @param {() => void} handlers.onClose
   */
  constructor(element, handlers) {
    this.element = element;
    this.handlers = handlers;
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") handlers.onClose();
    });
  }

  get isOpen() {
    return !this.element.hidden;
  }

  /**
   * @param {Finding} finding
   * @param {readonly Finding[]} findings  all that are shown
   * @param {Thresholds} thresholds
   */
  show(finding, findings, thresholds) {
    const { label, kind, words, score } = finding;
    const { name } = LABEL_INFO[label];
    const { onClose } = this.handlers;
    const title = make(
      "h3",
      { id: "finding-card-title" },
      swatch(label),
      kind ? `: ${KIND_INFO[kind].name}` : "",
    );
    const meter = make(
      "p",
      { class: "meter" },
      make("b", {}, scoreText(score)),
      bar(label, score),
      `flagged from ${scoreText(thresholds[label] ?? 0)}`,
    );
    const link = make("a", { href: `#${anchorOf(label)}` }, `What counts as ${name}`);
    link.addEventListener("click", onClose);
    this.element.dataset.label = label;
    this.element.replaceChildren(
      title,
      button("Close", onClose, { class: "close" }),
      make("p", { class: "quote" }, `“${words}”`),
      make("p", {}, explanation(label, kind)),
      isQuoted(finding) ? make("p", { class: "note" }, "The words are in quotation marks.") : "",
      meter,
      make("p", {}, link),
      this.#otherLabels(finding, findings),
      this.#steps(finding, findings),
    );
    this.element.hidden = false;
  }

  /**
   * Below the words, or above them where there is no room.
   *
   * @param {DOMRect} words  in the viewport
   */
  place(words) {
    const { element } = this;
    const frame = (element.offsetParent ?? document.body).getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const farthest = Math.max(0, document.documentElement.clientWidth - width - 12 - frame.left);
    const left = Math.min(Math.max(words.left - frame.left - GAP, 0), farthest);
    const below = words.bottom + GAP;
    const hasRoom = below + height <= innerHeight || words.top - GAP - height < 0;
    const top = (hasRoom ? below : words.top - GAP - height) - frame.top;
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
  }

  hide() {
    this.element.hidden = true;
  }

  /**
   * Other labels of the same sentence.
   *
   * @param {Finding} finding
   * @param {readonly Finding[]} findings
   */
  #otherLabels(finding, findings) {
    const others = findings.filter(
      ({ sentence, id }) => sentence === finding.sentence && id !== finding.id,
    );
    if (!others.length) return "";
    const links = others.map(({ id, label }) =>
      button(LABEL_INFO[label].name, () => this.handlers.onSelect(id), { class: "link" }),
    );
    const list = links.flatMap((link, index) => (index ? [", ", link] : [link]));
    return make("p", {}, "The same sentence: ", ...list);
  }

  /**
   * @param {Finding} finding
   * @param {readonly Finding[]} findings
   */
  #steps(finding, findings) {
    const index = findings.indexOf(finding);
    /**
     * @param {string} text
     * @param {Finding | undefined} target
     */
    const step = (text, target) =>
      button(text, () => target && this.handlers.onSelect(target.id), { disabled: !target });
    return make(
      "div",
      { class: "steps" },
      step("← Previous", findings[index - 1]),
      `${index + 1} of ${findings.length}`,
      step("Next →", findings[index + 1]),
    );
  }
}
