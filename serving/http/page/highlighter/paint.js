/**
 * Marks words by the CSS Custom Highlight API: no node of the page is touched.
 *
 * Highlights are named `sayso-hedging`, `sayso-unverified_attribution`, `sayso-loaded_framing`, and
 * `sayso-focus` for the finding in focus; in each document (frames have their own) and each shadow
 * root a constructed style sheet says how they look.
 *
 * @import { Collected } from "./collect.js"
 * @import { OwnColours } from "./labels.js"
 * @import { Finding } from "./types.js"
 */

/** @typedef {"light" | "dark"} Scheme */

/**
 * @typedef {object} PainterOptions
 * @property {Scheme} [scheme]  of the page below the marks; see `schemeOf`; "light" if left out
 * @property {OwnColours} [colours]  in place of the ready ones
 * @property {boolean} [adopt]  whether to adopt the style sheet (true if left out); false where
 *   somebody else brings `highlightRules` into the page (`scripting.insertCSS`)
 */

/** Whether this browser can mark: `false` where it has no Custom Highlight API. */
export const canPaint = () => typeof Highlight === "function" && "highlights" in CSS;

/**
 * The rules that say how marks look.
 *
 * @param {Scheme} scheme
 * @param {OwnColours} [colours]
 * @returns {string}
 */
export function highlightRules(scheme, colours = {}) {
  throw new Error("not yet");
}

/**
 * Whether the text below an element is dark on light or light on dark, by its computed colour.
 *
 * @param {Element} element
 * @returns {Scheme}
 */
export function schemeOf(element) {
  throw new Error("not yet");
}

/** Paints findings and finds them again. */
export class Painter {
  /** @param {PainterOptions} [options] */
  constructor(options = {}) {}

  /**
   * Show exactly these findings: what is no longer among them goes, what is new comes, in slices.
   * A later call stops an earlier one.
   *
   * @param {Collected} collected
   * @param {readonly Finding[]} findings
   * @returns {Promise<void>}
   */
  async paint(collected, findings) {
    throw new Error("not yet");
  }

  /**
   * Put one finding in focus (none by null), besides its mark.
   *
   * @param {string | null} id
   * @returns {Range[]} where it stands, so that the caller can scroll there
   */
  focus(id) {
    throw new Error("not yet");
  }

  /**
   * Where a finding stands; empty where it is not painted.
   *
   * @param {string} id
   * @returns {Range[]}
   */
  rangesOf(id) {
    throw new Error("not yet");
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
    throw new Error("not yet");
  }

  /**
   * Change how marks look; what is marked stays.
   *
   * @param {PainterOptions} options
   */
  restyle(options) {}

  /** Take all marks and style sheets away. */
  clear() {}
}
