import { FOCUS } from "./highlight_styles.js";

/**
 * The highlights of one document, which is the page or a frame in it.
 */
export class Stage {
  /** @type {Map<string, Highlight>} */
  #highlights = new Map();
  /** @type {Map<Document | ShadowRoot, CSSStyleSheet>} */
  #dressed = new Map();
  /** @type {Map<CSSStyleSheet, string>} */
  #rules = new Map();

  /** @param {Document} page */
  constructor(page) {
    this.page = page;
    this.window = /** @type {Window & typeof globalThis} */ (page.defaultView);
    this.sheet = new this.window.CSSStyleSheet();
    this.shadowSheet = new this.window.CSSStyleSheet();
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

  /**
   * @param {string} rules  for the document itself
   * @param {string} shadowRules  for the shadow trees in it
   */
  style(rules, shadowRules) {
    this.#write(this.sheet, rules);
    this.#write(this.shadowSheet, shadowRules);
  }

  /** @param {Document | ShadowRoot} scope  where marks stand */
  dress(scope) {
    if (this.#dressed.has(scope)) return;
    const sheet = scope === this.page ? this.sheet : this.shadowSheet;
    this.#dressed.set(scope, sheet);
    adopt(scope, sheet);
  }

  /** A page that sets sheets of its own drops all others: put back what is missing. */
  redress() {
    for (const [scope, sheet] of this.#dressed) adopt(scope, sheet);
  }

  clear() {
    for (const [name, highlight] of this.#highlights) {
      highlight.clear();
      const registry = this.window.CSS.highlights;
      if (registry.get(name) === highlight) registry.delete(name);
    }
    for (const [scope, sheet] of this.#dressed) {
      scope.adoptedStyleSheets = scope.adoptedStyleSheets.filter((one) => one !== sheet);
    }
    this.#highlights.clear();
    this.#dressed.clear();
  }

  /**
   * @param {CSSStyleSheet} sheet
   * @param {string} rules
   */
  #write(sheet, rules) {
    if (this.#rules.get(sheet) === rules) return; // else the browser would style the page anew
    this.#rules.set(sheet, rules);
    sheet.replaceSync(rules);
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
