/**
 * Keeps marks right while the page changes.
 *
 * @import { Collected, CollectOptions } from "./collect.js"
 * @import { Sentence } from "./types.js"
 */

import { collectInSlices } from "./collect.js";

const QUIET = 250;
/** A page that is never quiet is looked at all the same. */
const LATEST = 2_000;
/** Share of the time that looking again may take: a tenth. */
const REST = 10;
const ATTRIBUTES = ["class", "style", "hidden", "open"];
const WORDS = /[\p{L}\p{N}]/u;

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
  const watcher = new Watcher(root, options);
  return () => watcher.stop();
}

class Watcher {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #changedAt = 0;
  #rest = 0;
  #stopping = new AbortController();
  #observer = new MutationObserver((changes) => this.#note(changes));
  #page;

  /**
   * @param {Element} root
   * @param {Parameters<typeof watch>[1]} options
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.collected = options.collected;
    this.#page = root.ownerDocument;
    // A frame that goes to another page changes nothing in the tree around it.
    const { signal } = this.#stopping;
    this.#page.addEventListener("load", (event) => this.#noteFrame(event), { capture: true, signal });
    this.#observe();
  }

  stop() {
    this.#stopping.abort();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  #observe() {
    this.#observer.disconnect();
    for (const scope of new Set([this.#page, ...this.collected.scopes])) {
      this.#observer.observe(scope, {
        subtree: true,
        childList: true,
        characterData: true,
        attributes: true,
        attributeFilter: ATTRIBUTES,
      });
    }
  }

  /** @param {MutationRecord[]} changes */
  #note(changes) {
    const isOurs = changes.some(
      ({ target }) =>
        this.root.contains(target) ||
        target.contains(this.root) ||
        target.getRootNode() !== this.#page, // of a shadow root, of a frame, or gone
    );
    if (isOurs || !this.root.isConnected) this.#lookSoon();
  }

  /** @param {Event} event  of anything in the page that has been loaded */
  #noteFrame({ target }) {
    if (!(target instanceof HTMLIFrameElement) || !this.root.contains(target)) return;
    this.#lookSoon();
  }

  #lookSoon() {
    const now = performance.now();
    this.#changedAt ||= now;
    const quiet = Math.max(this.options.quiet ?? QUIET, this.#rest);
    const latest = this.#changedAt + Math.max(LATEST, this.#rest) - now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), Math.max(0, Math.min(quiet, latest)));
  }

  async #look() {
    const { findRoot, onChange, collect } = this.options;
    const start = performance.now();
    this.#changedAt = 0;
    if (!this.root.isConnected) {
      if (!findRoot) return;
      this.root = findRoot();
    }
    const { signal } = this.#stopping;
    const collected = await collectInSlices(this.root, { ...collect, signal }).catch(() => null);
    this.#rest = REST * (performance.now() - start);
    if (!collected || signal.aborted || collected.sameAs(this.collected)) return;
    this.collected = collected;
    this.#observe();
    onChange(collected);
  }
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
  /** @type {Map<string, number>} */
  const next = new Map();
  /** @type {Sentence[]} */
  const found = [];
  for (const sentence of sentences) {
    const words = before.slice(sentence.start, sentence.end);
    const at = words ? standsAt(words, after, next.get(words) ?? 0) : -1;
    if (at < 0) continue;
    next.set(words, at + words.length);
    found.push(moved(sentence, at - sentence.start));
  }
  const known = inOrder(found);
  /** @type {{start: number, end: number}[]} */
  const unknown = [];
  let start = 0;
  for (const edge of [...known, { start: after.length, end: after.length }]) {
    if (WORDS.test(after.slice(start, edge.start))) unknown.push({ start, end: edge.start });
    start = edge.end;
  }
  return { sentences: known, unknown };
}

/**
 * Sentences in the order of their text, with new indices; of two that overlap the first stays.
 *
 * @param {readonly Sentence[]} sentences
 * @returns {Sentence[]}
 */
export function inOrder(sentences) {
  const sorted = [...sentences].sort((a, b) => a.start - b.start || b.end - a.end);
  /** @type {Sentence[]} */
  const apart = [];
  for (const one of sorted) {
    if (one.start >= (apart.at(-1)?.end ?? 0)) apart.push({ ...one, index: apart.length });
  }
  return apart;
}

/**
 * Where words stand as a sentence may: not inside of other words.
 *
 * @param {string} words
 * @param {string} text
 * @param {number} from
 */
function standsAt(words, text, from) {
  for (let at = text.indexOf(words, from); at >= 0; at = text.indexOf(words, at + 1)) {
    const isFree = !WORDS.test(text[at - 1] ?? " ") && !WORDS.test(text[at + words.length] ?? " ");
    if (isFree) return at;
  }
  return -1;
}

/**
 * @param {Sentence} sentence
 * @param {number} by
 * @returns {Sentence}
 */
function moved(sentence, by) {
  const evidence = sentence.evidence.map((one) => ({
    ...one,
    start: one.start + by,
    end: one.end + by,
  }));
  return { ...sentence, start: sentence.start + by, end: sentence.end + by, evidence };
}
