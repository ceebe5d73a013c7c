import { FOCUS } from "./highlight_styles.js";

/** The highlights and style sheets of one document: the page, or a frame in it. */
export class DocumentHighlights {
  /** @type {Map<string, Highlight>} */
  #highlights = new Map();
  /** @type {Map<Document | ShadowRoot, CSSStyleSheet>} */
  #styled = new Map();
  #rules = "";

  /** @param {Document} page */
  constructor(page) {
    this.page = page;
    this.window = /** @type {Window & typeof globalThis} */ (page.defaultView);
    this.sheet = new this.window.CSSStyleSheet();
    this.shadowSheet = new this.window.CSSStyleSheet();
  }

  /** @param {string} name */
  get(name) {
    let highlight = this.#highlights.get(name);
    if (!highlight) {
      highlight = new this.window.Highlight();
      highlight.priority = name === FOCUS ? 10 : 0;
      this.#highlights.set(name, highlight);
      this.window.CSS.highlights.set(name, highlight);
    }
    return highlight;
  }

  /**
   * @param {string} rules  for the document itself
   * @param {string} shadowRules  for the shadow trees in it: the same without a container
   */
  setRules(rules, shadowRules) {
    if (this.#rules === rules) return; // else the browser would restyle the page
    this.#rules = rules;
    this.sheet.replaceSync(rules);
    this.shadowSheet.replaceSync(shadowRules);
  }

  /** @param {Document | ShadowRoot} scope  that holds marks */
  addStyles(scope) {
    if (this.#styled.has(scope)) return;
    const sheet = scope === this.page ? this.sheet : this.shadowSheet;
    this.#styled.set(scope, sheet);
    adopt(scope, sheet);
  }

  /** A page that sets sheets of its own drops all others: put back what is missing. */
  restoreStyles() {
    for (const [scope, sheet] of this.#styled) adopt(scope, sheet);
  }

  clear() {
    for (const [name, highlight] of this.#highlights) {
      highlight.clear();
      const registry = this.window.CSS.highlights;
      if (registry.get(name) === highlight) registry.delete(name);
    }
    for (const [scope, sheet] of this.#styled) {
      scope.adoptedStyleSheets = scope.adoptedStyleSheets.filter((other) => other !== sheet);
    }
    this.#highlights.clear();
    this.#styled.clear();
  }
}

/**
 * @param {Document | ShadowRoot} scope
 * @param {CSSStyleSheet} sheet
 */
function adopt(scope, sheet) {
  if (scope.adoptedStyleSheets.includes(sheet)) return;
  scope.adoptedStyleSheets = [...scope.adoptedStyleSheets, sheet];
}
