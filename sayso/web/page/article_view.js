/**
 * The reader's text, set as an article, and the marks painted over it.
 *
 * @import { Collected } from "../highlighter/collect.js"
 * @import { Finding } from "../highlighter/types.js"
 * @import { Source } from "./import_text.js"
 */

import { make } from "../shared/dom.js";
import { collect } from "../highlighter/collect.js";
import { Painter } from "../highlighter/paint.js";
import { onSchemeChange, scheme } from "../shared/theme.js";

export class ArticleView {
  #painter = new Painter({ scheme: scheme() });
  /** @type {Collected | null} */
  #collected = null;
  #frame = 0;

  /**
   * @param {HTMLElement} place
   * @param {(finding: Finding | null) => void} onClick  null: beside all marks
   */
  constructor(place, onClick) {
    this.place = place;
    onSchemeChange(() => this.#painter.restyle({ scheme: scheme() }));
    place.addEventListener("click", (event) => {
      if (getSelection()?.isCollapsed ?? true) onClick(this.#at(event));
    });
    place.addEventListener("mousemove", (event) => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() =>
        place.classList.toggle("on-mark", this.#at(event) !== null),
      );
    });
  }

  /**
   * Set a text.
   *
   * @param {Source} source
   * @returns {string} the text as it is read from the page, which offsets count in
   */
  set({ headline, paragraphs }) {
    this.#painter.clear();
    const blocks = paragraphs.map((one) => make("p", { dir: "auto" }, one));
    if (headline) blocks.unshift(make("h2", { dir: "auto" }, headline));
    this.place.replaceChildren(...blocks);
    this.#collected = collect(this.place);
    return this.#collected.text;
  }

  /** @param {readonly Finding[]} findings */
  async paint(findings) {
    if (this.#collected) await this.#painter.paint(this.#collected, findings);
  }

  /**
   * Put a finding in focus and bring it into view.
   *
   * @param {string | null} id
   * @returns {DOMRect | null} where its first words are now
   */
  focus(id) {
    const [first] = this.#painter.focus(id);
    if (!first) return null;
    const { top, bottom } = first.getBoundingClientRect();
    const isOutside = top < 60 || bottom > innerHeight * 0.6;
    if (isOutside) scrollBy({ top: top - innerHeight * 0.3, behavior: "instant" });
    const lines = first.getBoundingClientRect();
    const [line] = first.getClientRects();
    return line ? new DOMRect(line.left, lines.top, line.width, lines.height) : null;
  }

  /** @param {MouseEvent} event */
  #at(event) {
    return this.#painter.at(event.clientX, event.clientY)[0] ?? null;
  }
}
