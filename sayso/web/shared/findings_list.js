/**
 * The ordered list of findings. Each is a button that leads to its mark.
 *
 * @import { Finding } from "../highlighter/types.js"
 */

import { make, percent } from "./dom.js";
import { KIND_LOOKS, LABEL_LOOKS } from "./labels.js";

export class FindingsView {
  /** @type {Map<string, HTMLLIElement>} */
  #items = new Map();
  /** @type {string | null} */
  #current = null;

  /**
   * @param {HTMLElement} place
   * @param {(id: string) => void} onChoose
   */
  constructor(place, onChoose) {
    this.place = place;
    this.onChoose = onChoose;
    place.addEventListener("keydown", (event) => this.#walk(event));
  }

  /**
   * Items that stay are not touched, so that focus stays where it is.
   *
   * @param {readonly Finding[]} findings
   */
  show(findings) {
    const wanted = new Set(findings.map((one) => one.id));
    for (const [id, item] of this.#items) {
      if (wanted.has(id)) continue;
      item.remove();
      this.#items.delete(id);
    }
    let next = this.place.firstElementChild;
    for (const finding of findings) {
      const item = this.#items.get(finding.id) ?? this.#make(finding);
      if (item === next) next = next.nextElementSibling;
      else this.place.insertBefore(item, next);
    }
  }

  clear() {
    this.#items.clear();
    this.#current = null;
    this.place.replaceChildren();
  }

  /** @param {string | null} id */
  setCurrent(id) {
    this.#buttonOf(this.#current)?.removeAttribute("aria-current");
    this.#current = id;
    this.#buttonOf(id)?.setAttribute("aria-current", "true");
  }

  /** @param {string | null} id */
  focus(id) {
    this.#buttonOf(id)?.focus();
  }

  /** @param {string | null} id */
  #buttonOf(id) {
    return id === null ? null : this.#items.get(id)?.querySelector("button");
  }

  /** @param {Finding} finding */
  #make(finding) {
    const { id, label, kind, words, score } = finding;
    const name = make("span", { class: "swatch", "data-label": label }, LABEL_LOOKS[label].title);
    const more = kind ? `, ${KIND_LOOKS[kind].name}` : "";
    const button = make(
      "button",
      { type: "button" },
      make("span", { class: "words" }, `“${words}”`),
      make("span", { class: "score" }, percent(score)),
      make("span", { class: "label" }, name, more),
    );
    button.addEventListener("click", () => this.onChoose(id));
    const item = make("li", { "data-finding": id }, button);
    this.#items.set(id, item);
    return item;
  }

  /**
   * Arrow keys lead to the neighbours.
   *
   * @param {KeyboardEvent} event
   */
  #walk(event) {
    const item = /** @type {Element} */ (event.target).closest("li");
    const to = {
      ArrowDown: item?.nextElementSibling,
      ArrowUp: item?.previousElementSibling,
      Home: this.place.firstElementChild,
      End: this.place.lastElementChild,
    }[event.key];
    if (!to) return;
    event.preventDefault();
    to.querySelector("button")?.focus();
  }
}
