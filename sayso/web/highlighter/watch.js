/**
 * Keeps marks right while the page changes.
 *
 * @import { Collected, CollectOptions } from "./collect.js"
 * @import { Sentence, TextRange } from "./types.js"
 */

import { collectInSlices } from "./collect.js";
import { shifted } from "./offsets.js";

const QUIET_MILLISECONDS = 250;
/** A page that is never quiet is collected all the same. */
const MAX_DELAY_MILLISECONDS = 2_000;
/** The pause after collecting is this many times as long as collecting took. */
const REST_FACTOR = 10;
const ATTRIBUTES = ["class", "style", "hidden", "open"];
const WORDS = /[\p{L}\p{N}]/u;

/**
 * Watches an article. After each change, once the page has been quiet for a moment, it is collected
 * again, and `onChange` is called if its text or its nodes differ.
 */
export class Watcher {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #changedAt = 0;
  #rest = 0;
  #stopping = new AbortController();
  #observer = new MutationObserver((changes) => this.#onMutations(changes));
  #page;

  /**
   * @param {Collected} collected  as it is now
   * @param {object} options
   * @param {(collected: Collected) => void} options.onChange
   * @param {() => Element} [options.findRoot]  finds another root once the root has left the page
   * @param {CollectOptions} [options.collect]
   */
  constructor(collected, options) {
    this.root = collected.root;
    this.options = options;
    this.collected = collected;
    this.#page = this.root.ownerDocument;
    // A frame that goes to another page changes nothing in the tree around it.
    const { signal } = this.#stopping;
    this.#page.addEventListener("load", (event) => this.#onLoad(event), { capture: true, signal });
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
  #onMutations(changes) {
    const isRelevant = changes.some(
      ({ target }) =>
        this.root.contains(target) ||
        target.contains(this.root) ||
        target.getRootNode() !== this.#page, // of a shadow root, of a frame, or gone
    );
    if (isRelevant || !this.root.isConnected) this.#schedule();
  }

  /** @param {Event} event */
  #onLoad({ target }) {
    if (target instanceof HTMLIFrameElement && this.root.contains(target)) this.#schedule();
  }

  #schedule() {
    const now = performance.now();
    this.#changedAt ||= now;
    const quiet = Math.max(QUIET_MILLISECONDS, this.#rest);
    const latest = this.#changedAt + Math.max(MAX_DELAY_MILLISECONDS, this.#rest) - now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#collectAgain(), Math.max(0, Math.min(quiet, latest)));
  }

  async #collectAgain() {
    const { findRoot, onChange, collect } = this.options;
    const start = performance.now();
    this.#changedAt = 0;
    if (!this.root.isConnected) {
      if (!findRoot) return;
      this.root = findRoot();
    }
    const { signal } = this.#stopping;
    const collected = await collectInSlices(this.root, { ...collect, signal }).catch(() => null);
    this.#rest = REST_FACTOR * (performance.now() - start);
    if (!collected || signal.aborted || collected.sameAs(this.collected)) return;
    this.collected = collected;
    this.#observe();
    onChange(collected);
  }
}

/**
 * Carry sentences over to a changed text: each that occurs in it word for word is kept, at its new
 * offsets. Sentences are searched in their order; of a sentence that occurs more than once, each
 * takes the next occurrence.
 *
 * @param {readonly Sentence[]} sentences  of the former text
 * @param {string} before  the former text
 * @param {string} after  the changed text
 * @returns {{sentences: Sentence[], unread: TextRange[]}} `sentences` with offsets in `after` and
 *   new indices; `unread` are the ranges of `after` with words that no sentence covers: only the
 *   caller may send them to the server
 */
export function carryOver(sentences, before, after) {
  /** @type {Map<string, number>} */
  const next = new Map();
  /** @type {Sentence[]} */
  const found = [];
  for (const sentence of sentences) {
    const words = before.slice(sentence.start, sentence.end);
    const start = words ? indexOfWords(after, words, next.get(words) ?? 0) : -1;
    if (start < 0) continue;
    next.set(words, start + words.length);
    found.push(shifted(sentence, start - sentence.start));
  }
  const kept = inOrder(found);
  /** @type {TextRange[]} */
  const unread = [];
  let start = 0;
  for (const edge of [...kept, { start: after.length, end: after.length }]) {
    if (WORDS.test(after.slice(start, edge.start))) unread.push({ start, end: edge.start });
    start = edge.end;
  }
  return { sentences: kept, unread };
}

/**
 * Sentences in the order of their text, with new indices; of two that overlap the first is kept.
 *
 * @param {readonly Sentence[]} sentences
 * @returns {Sentence[]}
 */
export function inOrder(sentences) {
  const sorted = [...sentences].sort((a, b) => a.start - b.start || b.end - a.end);
  /** @type {Sentence[]} */
  const kept = [];
  for (const sentence of sorted) {
    if (sentence.start < (kept.at(-1)?.end ?? 0)) continue;
    kept.push({ ...sentence, index: kept.length });
  }
  return kept;
}

/**
 * Where words occur, but not as a part of other words; -1 if nowhere.
 *
 * @param {string} text
 * @param {string} words
 * @param {number} from
 */
function indexOfWords(text, words, from) {
  for (let start = text.indexOf(words, from); start >= 0; start = text.indexOf(words, start + 1)) {
    const neighbours = (text[start - 1] ?? "") + (text[start + words.length] ?? "");
    if (!WORDS.test(neighbours)) return start;
  }
  return -1;
}
