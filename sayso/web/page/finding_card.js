/**
 * What one mark says: words, label, score, kind, why, and a link to the guideline.
 *
 * @import { Finding, Thresholds } from "../highlighter/types.js"
 */

import { button, make, percent } from "../shared/dom.js";
import { bar } from "../shared/charts.js";
import { KIND_LOOKS, LABEL_LOOKS, why } from "../shared/labels.js";

const GAP = 10; // pixels between words and card

export class Card {
  /**
   * @param {HTMLElement} element  inside of a positioned one
   * @param {object} on
   * @param {(id: string) => void} on.choose  another finding
   * @param {() => void} on.close
   */
  constructor(element, on) {
    this.element = element;
    this.on = on;
    element.addEventListener("keydown", (event) => {
      if (event.key === "Escape") on.close();
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
    const { label, kind, words, score, spans } = finding;
    const look = LABEL_LOOKS[label];
    const threshold = thresholds[label] ?? 0;
    const title = make(
      "h3",
      { id: "card-title" },
      make("span", { class: "swatch", "data-label": label }, look.title),
      kind ? `: ${KIND_LOOKS[kind].name}` : "",
    );
    const meter = make(
      "p",
      { class: "meter" },
      make("b", {}, percent(score)),
      bar(score, `var(--${label}-line)`),
      `marked from ${percent(threshold)}`,
    );
    const link = make("a", { href: `#${look.anchor}` }, `What counts as ${look.name}`);
    link.addEventListener("click", () => this.on.close());
    this.element.style.setProperty("--card-line", `var(--${label}-line)`);
    this.element.replaceChildren(
      title,
      button("Close", () => this.on.close(), { class: "close", "aria-label": "Close this note" }),
      make("p", { class: "quote" }, `“${words}”`),
      make("p", { class: "why" }, why(label, kind)),
      ...(spans.every((one) => one.quoted)
        ? [make("p", { class: "note" }, "The words stand inside quotation marks.")]
        : []),
      meter,
      make("p", {}, link),
      this.#also(finding, findings),
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
    const inside = /** @type {HTMLElement} */ (element.offsetParent ?? document.body);
    const frame = inside.getBoundingClientRect();
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
  #also(finding, findings) {
    const others = findings.filter((one) => one.sentence === finding.sentence && one !== finding);
    if (!others.length) return "";
    const links = others.map((one) =>
      button(LABEL_LOOKS[one.label].name, () => this.on.choose(one.id), { class: "link" }),
    );
    const parts = links.flatMap((link, index) => (index ? [", ", link] : [link]));
    return make("p", { class: "also" }, "The same sentence: ", ...parts);
  }

  /**
   * @param {Finding} finding
   * @param {readonly Finding[]} findings
   */
  #steps(finding, findings) {
    const at = findings.indexOf(finding);
    /**
     * @param {string} words
     * @param {Finding | undefined} to
     */
    const step = (words, to) =>
      button(words, () => to && this.on.choose(to.id), { disabled: !to, class: "step" });
    return make(
      "div",
      { class: "steps" },
      step("← Previous", findings[at - 1]),
      `${at + 1} of ${findings.length}`,
      step("Next →", findings[at + 1]),
    );
  }
}
