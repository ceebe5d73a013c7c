/**
 * Marks words by the CSS Custom Highlight API: no node of the page is touched.
 *
 * Highlights are named `sayso-hedging`, `sayso-unverified_attribution`, `sayso-loaded_framing`, and
 * `sayso-focus` for the finding in focus; each document (frames have their own) and each shadow
 * root that holds marks gets a constructed style sheet for them.
 *
 * @import { Collected } from "./collect.js"
 * @import { CustomPalettes, Scheme } from "../shared/labels.js"
 * @import { Finding } from "./types.js"
 */

import { FOCUS, containerSelector, highlightName, highlightRules } from "./highlight_styles.js";
import { DocumentHighlights } from "./document_highlights.js";
import { TimeSlicer } from "./time_slicing.js";

/**
 * @typedef {object} PainterOptions
 * @property {Scheme} [scheme]  of the page below the marks; see `schemeOf`; "light" if left out
 * @property {CustomPalettes} [palettes]  in place of the labels' own
 */

/** Paints findings and finds them again. */
export class Painter {
  /** @type {Map<string, {finding: Finding, ranges: Range[], collected: Collected}>} */
  #painted = new Map();
  /** @type {Map<Document, DocumentHighlights>} */
  #highlights = new Map();
  /** @type {Element | null} that holds all marks, or the frames and shadow trees with them */
  #root = null;
  /** @type {string | null} */
  #focus = null;
  #running = new AbortController();

  /** @param {PainterOptions} [options] */
  constructor(options = {}) {
    this.options = options;
  }

  /**
   * Show exactly these findings, in time slices: marks of other findings go. A later call stops an
   * earlier one.
   *
   * @param {Collected} collected
   * @param {readonly Finding[]} findings
   * @returns {Promise<void>}
   */
  async paint(collected, findings) {
    this.#running.abort();
    const running = (this.#running = new AbortController());
    const slicer = new TimeSlicer();
    const wanted = new Set(findings.map(({ id }) => id));
    this.#root = collected.root;
    this.restyle({}); // the root may be another
    for (const id of [...this.#painted.keys()]) {
      if (!wanted.has(id)) this.#erase(id);
    }
    for (const finding of findings) {
      await slicer.yieldIfDue();
      if (running.signal.aborted) return;
      const mark = this.#painted.get(finding.id);
      // Ids count sentences, and new ones may come between: the same id may have other words.
      const isSame = JSON.stringify(mark?.finding) === JSON.stringify(finding);
      if (mark?.collected === collected && isSame) continue;
      this.#erase(finding.id);
      this.#draw(collected, finding);
    }
    this.focus(this.#focus);
  }

  /**
   * Put one finding in focus (none by null), besides its mark.
   *
   * @param {string | null} id
   * @returns {Range[]} its words, so that the caller can scroll there
   */
  focus(id) {
    this.#focus = id;
    for (const highlights of this.#highlights.values()) {
      highlights.restoreStyles();
      highlights.get(FOCUS).clear();
    }
    const ranges = (id !== null && this.#painted.get(id)?.ranges) || [];
    for (const range of ranges) this.#highlightsOf(range).get(FOCUS).add(range);
    return ranges;
  }

  /**
   * The findings below a point of a document's viewport, such as an event's `clientX`, `clientY`;
   * the shortest span first.
   *
   * @param {number} x
   * @param {number} y
   * @param {Document} [page]  the frame's, for an event in a frame
   * @returns {Finding[]}
   */
  at(x, y, page = document) {
    /** @type {{finding: Finding, length: number}[]} */
    const found = [];
    for (const { finding, ranges } of this.#painted.values()) {
      const hit = ranges.find(
        (range) => range.startContainer.ownerDocument === page && covers(range, x, y),
      );
      if (hit) found.push({ finding, length: hit.toString().length });
    }
    return found.sort((a, b) => a.length - b.length).map(({ finding }) => finding);
  }

  /**
   * Change how marks look.
   *
   * @param {PainterOptions} options
   */
  restyle(options) {
    this.options = { ...this.options, ...options };
    for (const highlights of this.#highlights.values()) this.#style(highlights);
  }

  /** Take all marks and style sheets away. */
  clear() {
    this.#running.abort();
    for (const highlights of this.#highlights.values()) highlights.clear();
    this.#highlights.clear();
    this.#painted.clear();
    this.#focus = null;
  }

  /**
   * @param {Collected} collected
   * @param {Finding} finding
   */
  #draw(collected, finding) {
    const ranges = finding.spans.flatMap(({ start, end }) => collected.ranges(start, end));
    for (const range of ranges) {
      const highlights = this.#highlightsOf(range);
      highlights.get(highlightName(finding.label)).add(range);
      highlights.addStyles(
        /** @type {Document | ShadowRoot} */ (range.startContainer.getRootNode()),
      );
    }
    this.#painted.set(finding.id, { finding, ranges, collected });
  }

  /** @param {string} id */
  #erase(id) {
    const mark = this.#painted.get(id);
    if (!mark) return;
    for (const range of mark.ranges) {
      const highlights = this.#highlightsOf(range);
      highlights.get(highlightName(mark.finding.label)).delete(range);
      highlights.get(FOCUS).delete(range);
    }
    this.#painted.delete(id);
  }

  /** @param {Range} range */
  #highlightsOf(range) {
    const page = /** @type {Document} */ (range.startContainer.ownerDocument);
    let highlights = this.#highlights.get(page);
    if (!highlights) {
      highlights = new DocumentHighlights(page);
      this.#style(highlights);
      this.#highlights.set(page, highlights);
    }
    return highlights;
  }

  /** @param {DocumentHighlights} highlights */
  #style(highlights) {
    const { scheme = "light", palettes } = this.options;
    const isHere = this.#root?.getRootNode() === highlights.page;
    const container = this.#root && isHere ? containerSelector(this.#root) : "";
    const rules = highlightRules(scheme, palettes, container);
    highlights.setRules(rules, highlightRules(scheme, palettes));
  }
}

/**
 * @param {Range} range
 * @param {number} x
 * @param {number} y
 */
function covers(range, x, y) {
  return [...range.getClientRects()].some(
    (box) => box.left <= x && x <= box.right && box.top <= y && y <= box.bottom,
  );
}
