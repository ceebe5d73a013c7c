/**
 * Marks words by the CSS Custom Highlight API: no node of the page is touched.
 *
 * Highlights are named `sayso-hedging`, `sayso-unverified_attribution`, `sayso-loaded_framing`, and
 * `sayso-focus` for the finding in focus; in each document (frames have their own) and each shadow
 * root that holds marks a constructed style sheet says how they look.
 *
 * @import { Collected } from "./collect.js"
 * @import { OwnColours } from "../shared/labels.js"
 * @import { Scheme } from "./highlight_styles.js"
 * @import { Finding } from "./types.js"
 */

import { FOCUS, highlightName, highlightRules, holderOf } from "./highlight_styles.js";
import { Slices } from "./time_slicing.js";
import { Stage } from "./document_highlights.js";

export { canPaint, schemeOf } from "./highlight_styles.js";

/**
 * @typedef {object} PainterOptions
 * @property {Scheme} [scheme]  of the page below the marks; see `schemeOf`; "light" if left out
 * @property {OwnColours} [colours]  in place of the ready ones
 */

/** Paints findings and finds them again. */
export class Painter {
  /** @type {Map<string, {finding: Finding, ranges: Range[], collected: Collected}>} */
  #painted = new Map();
  /** @type {Map<Document, Stage>} */
  #stages = new Map();
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
   * Show exactly these findings: what is no longer among them goes, what is new comes, in slices.
   * A later call stops an earlier one.
   *
   * @param {Collected} collected
   * @param {readonly Finding[]} findings
   * @returns {Promise<void>}
   */
  async paint(collected, findings) {
    this.#running.abort();
    const running = (this.#running = new AbortController());
    const slices = new Slices();
    const wanted = new Set(findings.map((one) => one.id));
    this.#root = collected.root;
    this.restyle({}); // the root may be another
    for (const id of [...this.#painted.keys()]) {
      if (!wanted.has(id)) this.#erase(id);
    }
    for (const finding of findings) {
      await slices.breathe();
      if (running.signal.aborted) return;
      const mark = this.#painted.get(finding.id);
      if (mark?.collected === collected && isAt(mark.finding, finding)) {
        mark.finding = finding;
      } else {
        this.#erase(finding.id);
        this.#draw(collected, finding);
      }
    }
    this.focus(this.#focus);
  }

  /**
   * Put one finding in focus (none by null), besides its mark.
   *
   * @param {string | null} id
   * @returns {Range[]} where it stands, so that the caller can scroll there
   */
  focus(id) {
    this.#focus = id;
    for (const stage of this.#stages.values()) {
      stage.redress();
      stage.highlight(FOCUS).clear();
    }
    const ranges = id === null ? [] : this.rangesOf(id);
    for (const range of ranges) this.#stageOf(range).highlight(FOCUS).add(range);
    return ranges;
  }

  /**
   * Where a finding stands; empty where it is not painted.
   *
   * @param {string} id
   * @returns {Range[]}
   */
  rangesOf(id) {
    return this.#painted.get(id)?.ranges ?? [];
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
      const here = ranges.filter((one) => one.startContainer.ownerDocument === page);
      const hit = here.find((one) => covers(one, x, y));
      if (hit) found.push({ finding, length: hit.toString().length });
    }
    return found.sort((a, b) => a.length - b.length).map((one) => one.finding);
  }

  /**
   * Change how marks look; what is marked stays.
   *
   * @param {PainterOptions} options
   */
  restyle(options) {
    this.options = { ...this.options, ...options };
    for (const stage of this.#stages.values()) this.#style(stage);
  }

  /** Take all marks and style sheets away. */
  clear() {
    this.#running.abort();
    for (const stage of this.#stages.values()) stage.clear();
    this.#stages.clear();
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
      const stage = this.#stageOf(range);
      stage.highlight(highlightName(finding.label)).add(range);
      stage.dress(/** @type {Document | ShadowRoot} */ (range.startContainer.getRootNode()));
    }
    this.#painted.set(finding.id, { finding, ranges, collected });
  }

  /** @param {string} id */
  #erase(id) {
    const mark = this.#painted.get(id);
    if (!mark) return;
    for (const range of mark.ranges) {
      const stage = this.#stageOf(range);
      stage.highlight(highlightName(mark.finding.label)).delete(range);
      stage.highlight(FOCUS).delete(range);
    }
    this.#painted.delete(id);
  }

  /** @param {Range} range */
  #stageOf(range) {
    const page = /** @type {Document} */ (range.startContainer.ownerDocument);
    let stage = this.#stages.get(page);
    if (!stage) {
      stage = new Stage(page);
      this.#style(stage);
      this.#stages.set(page, stage);
    }
    return stage;
  }

  /** @param {Stage} stage */
  #style(stage) {
    const { scheme = "light", colours } = this.options;
    const isIts = this.#root?.getRootNode() === stage.page;
    const holder = this.#root && isIts ? holderOf(this.#root) : "";
    stage.style(highlightRules(scheme, colours, holder), highlightRules(scheme, colours));
  }
}

/**
 * Whether two findings mark the same places: ids count sentences, and new ones may come between.
 *
 * @param {Finding} one
 * @param {Finding} other
 */
function isAt(one, other) {
  return (
    one.spans.length === other.spans.length &&
    one.spans.every(({ start, end }, at) => {
      return start === other.spans[at].start && end === other.spans[at].end;
    })
  );
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
