/**
 * The text of an article as it is rendered, with a map back to the page. Reads, never writes.
 *
 * @import { Evidence } from "./types.js"
 */

/**
 * @typedef {object} CollectOptions
 * @property {(element: Element) => ShadowRoot | null} [shadowRootOf]  how to find an element's
 *   shadow root; open ones only unless an extension has a better way
 *   (`chrome.dom.openOrClosedShadowRoot`, `element.openOrClosedShadowRoot`)
 *
 * @typedef {object} Collected
 * @property {Element} root
 * @property {string} text  blocks separated by one newline, white space collapsed as rendered;
 *   valid Unicode: half a surrogate pair is replaced by U+FFFD
 * @property {string} signature  a short hash of `text`: the same text, the same signature
 * @property {string[]} leftOut  what could not be read, each once, in words for people (such as
 *   "a frame from another site")
 * @property {(start: number, end: number) => Range[]} ranges  the rendered characters of
 *   `text[start:end]`, a live range for each text node, in order; empty where the page has changed
 *   below it
 * @property {(node: Node, offset: number) => number | null} offsetOf  the offset in `text` of a
 *   character of a text node; null where it is not part of the text
 */

/**
 * The element that holds the article: the `article` with most text if it holds at least half of
 * the page's paragraphs, else `main`, else the body.
 *
 * @param {Document} page
 * @returns {Element}
 */
export function findArticle(page) {
  throw new Error("not yet");
}

/**
 * Collect in one go.
 *
 * @param {Element} root
 * @param {CollectOptions} [options]
 * @returns {Collected}
 */
export function collect(root, options = {}) {
  throw new Error("not yet");
}

/**
 * Collect in slices, so that no task is long. The page may change meanwhile: `ranges` look again.
 *
 * @param {Element} root
 * @param {CollectOptions & {signal?: AbortSignal}} [options]
 * @returns {Promise<Collected>}
 */
export async function collectInSlices(root, options = {}) {
  throw new Error("not yet");
}
