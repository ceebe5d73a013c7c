/**
 * What the panel shows of a page: summary and findings.
 *
 * @import { Label } from "../../sayso/web/highlighter/types.js"
 * @import { Summary } from "../../sayso/web/highlighter/findings.js"
 * @import { ReaderState, ShownFinding } from "./messages.js"
 */

import { bar, strip } from "../../sayso/web/shared/charts.js";
import { KIND_LOOKS, LABELS, LABEL_LOOKS, why } from "../../sayso/web/shared/labels.js";
import { at, element } from "./elements.js";

const percent = new Intl.NumberFormat("en", { style: "percent" });
const number = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** @typedef {{summary: Summary, labels: readonly Label[], notes: readonly string[]}} Shown */

/** @param {Shown} shown */
export function showSummary({ summary, labels, notes }) {
  const { sentences, words } = summary;
  at("figures", HTMLElement).textContent =
    `${counted(sentences, "sentence")}, ${counted(words, "word")}. The bars show the share of ` +
    "sentences with a mark, the strips where in the article they stand.";
  at("labels", HTMLElement).replaceChildren(...labels.map((label) => ofLabel(label, summary)));
  at("notes", HTMLElement).replaceChildren(...notes.map((note) => element("li", {}, note)));
}

/**
 * @param {Label} label
 * @param {Summary} summary
 */
function ofLabel(label, { flagged, shares, densities, positions }) {
  const { title, why } = LABEL_LOOKS[label];
  return element(
    "div",
    { class: "label" },
    element("p", { title: why }, element("strong", { class: label }, title)),
    element(
      "p",
      {},
      `${counted(flagged[label], "sentence")}, ${percent.format(shares[label])} of all; ` +
        `${number.format(densities[label])} marks per 1,000 words`,
    ),
    bar(shares[label], `var(--${label}-line)`),
    strip(label, positions[label], `var(--${label}-line)`),
  );
}

/**
 * @param {number} count
 * @param {string} noun
 */
function counted(count, noun) {
  return `${number.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}

/** The ordered list of findings. Those that stay keep their place, and the focus. */
export class FindingList {
  /** @type {Map<string, {written: string, item: HTMLLIElement, button: HTMLButtonElement}>} */
  #items = new Map();
  #open = "";

  /**
   * @param {HTMLElement} list
   * @param {(id: string | null) => void} onChoose
   */
  constructor(list, onChoose) {
    this.list = list;
    this.onChoose = onChoose;
    this.guide = "";
    list.addEventListener("keydown", (event) => this.#walk(event));
  }

  /**
   * @param {readonly ShownFinding[]} findings
   * @param {string} guide  address of the page that explains the labels
   */
  show(findings, guide) {
    this.guide = guide;
    const former = this.#items;
    this.#items = new Map();
    for (const [place, finding] of findings.entries()) {
      const written = JSON.stringify([finding, guide]);
      const known = former.get(finding.id);
      const entry = known?.written === written ? known : { written, ...this.#entry(finding) };
      this.#items.set(finding.id, entry);
      const there = this.list.children[place];
      if (there !== entry.item) this.list.insertBefore(entry.item, there ?? null);
    }
    while (this.list.children.length > findings.length) this.list.lastChild?.remove();
    if (!this.#items.has(this.#open)) this.#open = "";
    this.#expand();
  }

  /**
   * Show that a finding was pointed at on the page.
   *
   * @param {string} id
   */
  point(id) {
    const button = this.#items.get(id)?.button;
    if (!button) return;
    this.#open = id;
    this.#expand();
    button.scrollIntoView({ block: "center" });
  }

  /** @param {ShownFinding} finding */
  #entry(finding) {
    const { id, label, kind, score, words, context, spans } = finding;
    const { title, anchor } = LABEL_LOOKS[label];
    const named = kind ? `${title}, ${KIND_LOOKS[kind].name}` : title;
    const button = element(
      "button",
      { type: "button", "aria-expanded": "false" },
      element("span", { class: label }, words),
      element("br"),
      element("span", { class: "quiet" }, `${named}, ${percent.format(score)}`),
    );
    button.addEventListener("click", () => this.#choose(this.#open === id ? "" : id));
    const quoted = spans.every((span) => span.quoted) ? " It stands in a quotation." : "";
    const more = element(
      "div",
      { class: "more", hidden: "" },
      element("p", {}, context),
      element("p", {}, why(label, kind) + quoted),
    );
    if (this.guide) {
      const link = { href: `${this.guide}#${anchor}`, target: "_blank", rel: "noreferrer" };
      more.append(element("p", {}, element("a", link, `What ${LABEL_LOOKS[label].name} means`)));
    }
    return { item: element("li", {}, button, more), button };
  }

  /** @param {string} id */
  #choose(id) {
    this.#open = id;
    this.#expand();
    this.onChoose(id || null);
  }

  #expand() {
    for (const [id, { item, button }] of this.#items) {
      const isOpen = id === this.#open;
      button.setAttribute("aria-expanded", String(isOpen));
      item.lastElementChild?.toggleAttribute("hidden", !isOpen);
    }
  }

  /** @param {KeyboardEvent} event */
  #walk(event) {
    const ids = [...this.#items.keys()];
    const here = ids.findIndex((id) => this.#items.get(id)?.button === document.activeElement);
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: ids.length - 1 };
    const next = ids[moves[event.key] ?? -1];
    if (here < 0 || next === undefined) return;
    event.preventDefault();
    this.#items.get(next)?.button.focus();
    this.#choose(next);
  }
}

/**
 * What the state of a page says beyond figures.
 *
 * @param {ReaderState} state
 * @returns {string[]}
 */
export function notesOf({ warnings, leftOut, kept }) {
  return [
    ...warnings.map((warning) => warning.replace(/\.?$/, ".")),
    ...leftOut.map((one) => `Left out: ${one}.`),
    ...(kept ? ["Known from before: nothing was sent."] : []),
  ];
}

/** The labels that are looked for, in their order. */
export const shownLabels = (/** @type {readonly Label[]} */ chosen) =>
  LABELS.filter((label) => chosen.includes(label));
