/**
 * Keeps marks right while the page changes.
 *
 * @import { Collected, CollectOptions } from "./collect.js"
 * @import { Sentence } from "./types.js"
 */

/**
 * Watch an article. After each change, once the page has been quiet for a moment, it is collected
 * again, and `onChange` is called if its text differs or its nodes are others.
 *
 * @param {Element} root
 * @param {object} options
 * @param {Collected} options.collected  as it is now
 * @param {(collected: Collected) => void} options.onChange
 * @param {() => Element} [options.findRoot]  another root, where `root` has left the page
 * @param {number} [options.quiet]  milliseconds without a change; 250 if left out
 * @param {CollectOptions} [options.collect]
 * @returns {() => void} stops watching
 */
export function watch(root, options) {
  throw new Error("not yet");
}

/**
 * What is known already of a changed text: each sentence that stands in it word for word keeps
 * what was found, at its new place. Sentences are searched in their order; of a sentence that
 * comes more often, each takes the next place.
 *
 * @param {readonly Sentence[]} sentences  of the former text
 * @param {string} before  the former text
 * @param {string} after  the changed text
 * @returns {{sentences: Sentence[], unknown: {start: number, end: number}[]}} `sentences` with
 *   offsets in `after` and new indices; `unknown` are the stretches of `after` with words that no
 *   known sentence covers: only the caller may ask the server for them
 */
export function carryOver(sentences, before, after) {
  throw new Error("not yet");
}
