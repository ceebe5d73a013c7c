/**
 * The ordered list of findings: buttons, each with details that open with it, if there are any.
 *
 * @import { Finding } from "../highlighter/types.js"
 *
 * @typedef {{item: HTMLLIElement, button: HTMLButtonElement, details?: HTMLElement}} Entry
 */

import { make, swatch } from "./dom.js";
import { LABEL_INFO } from "./labels.js";
import { findingText } from "./wording.js";

/** @template {Finding} F */
export class FindingsList {
  /** @type {Map<string, Entry & {shown: string}>} */
  #entries = new Map();
  /** @type {string | null} */
  #selected = null;

  /**
   * @param {HTMLElement} list
   * @param {object} options
   * @param {(finding: F) => (Node | string)[]} options.contents  of a finding's button
   * @param {(finding: F) => HTMLElement} [options.details]
   * @param {(id: string) => void} options.onSelect  the button was clicked
   * @param {(id: string) => void} [options.onMove]  an arrow key has led to it
   */
  constructor(list, options) {
    this.list = list;
    this.options = options;
    list.addEventListener("keydown", (event) => this.#move(event));
  }

  /**
   * Items that stay are not touched, so that focus stays where it is.
   *
   * @param {readonly F[]} findings
   */
  show(findings) {
    const former = this.#entries;
    this.#entries = new Map();
    for (const finding of findings) {
      const shown = JSON.stringify(finding);
      const known = former.get(finding.id);
      const entry = known?.shown === shown ? known : { shown, ...this.#make(finding) };
      this.#entries.set(finding.id, entry);
    }
    const items = new Set([...this.#entries.values()].map(({ item }) => item));
    for (const { item } of former.values()) if (!items.has(item)) item.remove();
    for (const [index, item] of [...items].entries()) {
      const next = this.list.children[index];
      if (next !== item) this.list.insertBefore(item, next ?? null);
    }
    this.select(this.selected);
  }

  /** The id of the selected finding, if it is still shown. */
  get selected() {
    return this.#selected !== null && this.#entries.has(this.#selected) ? this.#selected : null;
  }

  /** @param {string | null} id */
  select(id) {
    this.#selected = id;
    for (const [key, entry] of this.#entries) setSelected(entry, key === id);
  }

  /** @param {string | null} id */
  buttonOf(id) {
    return id === null ? undefined : this.#entries.get(id)?.button;
  }

  /** @param {F} finding */
  #make(finding) {
    const { contents, details, onSelect } = this.options;
    const button = make("button", { type: "button" }, ...contents(finding));
    button.addEventListener("click", () => onSelect(finding.id));
    const more = details?.(finding);
    const item = make("li", {}, button, more ?? "");
    return { item, button, details: more };
  }

  /** @param {KeyboardEvent} event */
  #move(event) {
    const ids = [...this.#entries.keys()];
    const index = ids.findIndex((id) => this.buttonOf(id) === document.activeElement);
    /** @type {Record<string, number>} */
    const moves = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: ids.length - 1 };
    const next = ids[moves[event.key] ?? -1];
    if (index < 0 || next === undefined) return;
    event.preventDefault();
    this.buttonOf(next)?.focus();
    this.options.onMove?.(next);
  }
}

/**
 * @param {Entry} entry
 * @param {boolean} isSelected
 */
function setSelected({ button, details }, isSelected) {
  button.setAttribute(details ? "aria-expanded" : "aria-current", String(isSelected));
  if (details) details.hidden = !isSelected;
}

/**
 * A finding in words, the label with its colours.
 *
 * @param {Finding} finding
 * @returns {[Node, string]}
 */
export function describeFinding(finding) {
  const { name } = LABEL_INFO[finding.label];
  return [swatch(finding.label, name), findingText(finding).slice(name.length)];
}
