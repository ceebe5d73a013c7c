/**
 * The reader's text as an article, with its marks.
 *
 * @import { Collected } from "../highlighter/collect.js"
 * @import { Finding } from "../highlighter/types.js"
 * @import { Article } from "./import_text.js"
 */

import { collect } from "../highlighter/collect.js";
import { Painter } from "../highlighter/paint.js";
import { make } from "../shared/dom.js";

const darkScheme = matchMedia("(prefers-color-scheme: dark)");
const scheme = () => (darkScheme.matches ? "dark" : "light");

export class ArticleView {
  #painter = new Painter({ scheme: scheme() });
  /** @type {Collected | null} */
  #collected = null;
  #frame = 0;

  /**
   * @param {HTMLElement} element
   * @param {(finding: Finding | null) => void} onClick  null: beside all marks
   */
  constructor(element, onClick) {
    this.element = element;
    darkScheme.addEventListener("change", () => this.#painter.restyle({ scheme: scheme() }));
    element.addEventListener("click", (event) => {
      if (getSelection()?.isCollapsed ?? true) onClick(this.#findingAt(event));
    });
    element.addEventListener("mousemove", (event) => {
      cancelAnimationFrame(this.#frame);
      this.#frame = requestAnimationFrame(() =>
        element.classList.toggle("on-mark", this.#findingAt(event) !== null),
      );
    });
  }

  /**
   * @param {Article} article
   * @returns {string} the text as it is collected from the page, in which offsets count
   */
  setArticle({ headline, paragraphs }) {
    this.#painter.clear();
    const blocks = paragraphs.map((paragraph) => make("p", { dir: "auto" }, paragraph));
    if (headline) blocks.unshift(make("h2", { dir: "auto" }, headline));
    this.element.replaceChildren(...blocks);
    this.#collected = collect(this.element);
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
   * @returns {DOMRect | null} of its first words
   */
  focus(id) {
    const [first] = this.#painter.focus(id);
    if (!first) return null;
    const { top, bottom } = first.getBoundingClientRect();
    const isOutside = top < 60 || bottom > innerHeight * 0.6;
    if (isOutside) scrollBy({ top: top - innerHeight * 0.3, behavior: "instant" });
    const words = first.getBoundingClientRect();
    const [line] = first.getClientRects();
    return line ? new DOMRect(line.left, words.top, line.width, words.height) : null;
  }

  /** @param {MouseEvent} event */
  #findingAt(event) {
    return this.#painter.at(event.clientX, event.clientY)[0] ?? null;
  }
}
