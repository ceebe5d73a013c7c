/**
 * The text of an article as it is rendered, with a map back to the page. Reads, never writes.
 *
 * Left out are elements that are not rendered (also closed `details`), code, forms and their
 * controls, editable text, `nav`, readers' comments, dialogs, boxes that are fixed over the page,
 * images and drawings. Open shadow roots and frames of the same origin are read in their place.
 * Impossible to read are closed shadow roots (unless `shadowRootOf` finds them), frames of other
 * origins, text that CSS generates (`content`), and text in images.
 */

import { TextMap } from "./text_map.js";
import { TimeSlicer } from "./time_slicing.js";
import { renderingOf } from "./visibility.js";

/** Nodes of a step: between two looks at the clock. */
const NODES_PER_STEP = 32;
const FOREIGN_FRAME = "a frame from another site";

/**
 * @import { Segment } from "./text_map.js"
 *
 * @typedef {object} CollectOptions
 * @property {(element: Element) => ShadowRoot | null} [shadowRootOf]  how to find an element's
 *   shadow root; open ones only unless an extension has a better way
 *   (`chrome.dom.openOrClosedShadowRoot`, `element.openOrClosedShadowRoot`)
 *
 * @typedef {object} Collected
 * @property {Element} root
 * @property {string} text  blocks separated by one newline, white space collapsed as rendered, soft
 *   hyphens left out; valid Unicode: half a surrogate pair is replaced by U+FFFD
 * @property {string[]} leftOut  the parts that could not be read, each once, in words for people
 *   (such as "a frame from another site")
 * @property {(Document | ShadowRoot)[]} scopes  the trees of the text's nodes: the page, frames,
 *   shadow roots
 * @property {readonly Segment[]} segments  the map, in order
 * @property {(start: number, end: number) => Range[]} ranges  the rendered characters of
 *   `text[start:end]`, a live range for each text node, in order; without text that has changed
 * @property {(other: Collected) => boolean} sameAs  the same text in the same nodes
 */

/**
 * Collect in one go.
 *
 * @param {Element} root
 * @param {CollectOptions} [options]
 * @returns {Collected}
 */
export function collect(root, options = {}) {
  const walk = new Walk(root, options);
  while (!walk.steps.next().done);
  return walk.collected();
}

/**
 * Collect in time slices, so that no task is long. The page may change meanwhile: `ranges` checks.
 *
 * @param {Element} root
 * @param {CollectOptions & {signal?: AbortSignal}} [options]
 * @returns {Promise<Collected>}
 */
export async function collectInSlices(root, options = {}) {
  const walk = new Walk(root, options);
  const slicer = new TimeSlicer(options.signal);
  do await slicer.yieldIfDue();
  while (!walk.steps.next().done);
  return walk.collected();
}

/** A walk through the flat tree. */
class Walk {
  #map = new TextMap();
  #nodes = 0;
  /** @type {Set<Document | ShadowRoot>} */
  #scopes = new Set();
  /** @type {Set<string>} */
  #leftOut = new Set();

  /**
   * @param {Element} root
   * @param {CollectOptions} options
   */
  constructor(root, options) {
    this.root = root;
    this.shadowRootOf = options.shadowRootOf ?? ((element) => element.shadowRoot);
    this.#scopes.add(/** @type {Document | ShadowRoot} */ (root.getRootNode()));
    this.steps = this.#enter(root, true);
  }

  /** @returns {Collected} */
  collected() {
    return {
      root: this.root,
      leftOut: [...this.#leftOut],
      scopes: [...this.#scopes],
      ...this.#map.collected(),
    };
  }

  /**
   * @param {Element} element
   * @param {boolean} isRoot
   * @returns {Generator<void, void>}
   */
  *#enter(element, isRoot) {
    const rendering = renderingOf(element, isRoot);
    if (!rendering) return;
    if (element.localName === "br") {
      this.#map.breakLine();
    } else if (element.localName === "iframe" || element.localName === "frame") {
      if (rendering.visible) yield* this.#enterFrame(/** @type {HTMLIFrameElement} */ (element));
    } else {
      if (rendering.block) this.#map.breakLine();
      for (const node of this.#children(element)) {
        if (++this.#nodes % NODES_PER_STEP === 0) yield;
        if (node.nodeType === Node.ELEMENT_NODE) {
          yield* this.#enter(/** @type {Element} */ (node), false);
        } else if (node.nodeType === Node.TEXT_NODE && rendering.visible) {
          this.#map.add(/** @type {Text} */ (node), rendering.spaces);
        }
      }
      if (rendering.block) this.#map.breakLine();
    }
  }

  /** @param {HTMLIFrameElement} frame */
  *#enterFrame(frame) {
    const inner = frame.contentDocument;
    if (inner?.body) {
      this.#scopes.add(inner);
      this.#map.breakLine();
      yield* this.#enter(inner.body, true);
    } else if (!inner && frame.clientWidth > 50 && frame.clientHeight > 50) {
      this.#leftOut.add(FOREIGN_FRAME);
    }
  }

  /**
   * The nodes that are rendered inside an element.
   *
   * @param {Element} element
   * @returns {readonly Node[]}
   */
  #children(element) {
    const shadow = this.shadowRootOf(element);
    if (shadow) {
      this.#scopes.add(shadow);
      return [...shadow.childNodes];
    }
    if (element.localName === "slot") {
      const assigned = /** @type {HTMLSlotElement} */ (element).assignedNodes({ flatten: true });
      if (assigned.length) return assigned;
    }
    if (element.localName === "details" && !(/** @type {HTMLDetailsElement} */ (element).open)) {
      const summary = element.querySelector(":scope > summary");
      return summary ? [summary] : [];
    }
    return [...element.childNodes];
  }
}
