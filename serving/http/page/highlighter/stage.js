import { FOCUS } from "./rules.js";

/**
 * The highlights of one document, which is the page or a frame in it.
 */
export class Stage {
  /** @type {Map<string, Highlight>} */
  #highlights = new Map();
  /** @type {Map<Document | ShadowRoot, true>} */
  #dressed = new Map();

  /** @param {Document} page */
  constructor(page) {
    this.window = /** @type {Window & typeof globalThis} */ (page.defaultView);
    this.sheet = new this.window.CSSStyleSheet();
  }

  /** @param {string} name */
  highlight(name) {
    let highlight = this.#highlights.get(name);
    if (!highlight) {
      highlight = new this.window.Highlight();
      highlight.priority = name === FOCUS ? 10 : 0;
      this.#highlights.set(name, highlight);
      this.window.CSS.highlights.set(name, highlight);
    }
    return highlight;
  }

  /** @param {Document | ShadowRoot} scope */
  dress(scope) {
    if (this.#dressed.has(scope)) return;
    this.#dressed.set(scope, true);
    scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, this.sheet];
  }

  clear() {
    for (const [name, highlight] of this.#highlights) {
      highlight.clear();
      const registry = this.window.CSS.highlights;
      if (registry.get(name) === highlight) registry.delete(name);
    }
    for (const scope of this.#dressed.keys()) {
      scope.adoptedStyleSheets = scope.adoptedStyleSheets.filter((one) => one !== this.sheet);
    }
    this.#highlights.clear();
    this.#dressed.clear();
  }
}
