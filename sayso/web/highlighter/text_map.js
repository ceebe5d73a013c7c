/**
 * A text that is being collected, and the place of each of its characters on the page.
 *
 * @import { Collected } from "./collect.js"
 * @import { Rendering } from "./visibility.js"
 *
 * @typedef {object} Segment  characters of the text that are also consecutive in a text node
 * @property {Text} node
 * @property {number} start  in the text
 * @property {number} end  in the text
 * @property {number} from  in the node
 */

/** Words with single spaces between them: the same in the node and in the text. */
const RUN = /[^ \t\n\r\f\u00ad]+(?:[ \t\n\r\f][^ \t\n\r\f\u00ad]+)*/g;
const SPACE = /[ \t\n\r\f]/;
const SPACES = /[\t\n\r\f]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export class TextMap {
  /** @type {string[]} */
  #strings = [];
  #length = 0;
  /** @type {Segment[]} */
  #segments = [];
  /** A space that shows only if more text follows on the line. @type {[Text, number] | null} */
  #space = null;
  #broken = false;

  /** The next text begins a new line. */
  breakLine() {
    this.#broken = true;
    this.#space = null;
  }

  /**
   * @param {Text} node
   * @param {Rendering["spaces"]} spaces
   */
  add(node, spaces) {
    if (spaces === "keep") {
      this.#addKept(node);
      return;
    }
    let from = 0;
    for (const line of spaces === "lines" ? node.data.split("\n") : [node.data]) {
      if (from > 0) this.breakLine();
      this.#addCollapsed(node, from, from + line.length);
      from += line.length + 1;
    }
  }

  /** The text and its map, as in `Collected`. */
  collected() {
    const text = this.#strings.join("").replace(LONE_SURROGATE, "\ufffd");
    const segments = this.#segments;
    return {
      text,
      segments,
      /**
       * @param {number} start
       * @param {number} end
       */
      ranges: (start, end) => rangesOf(segments, text, start, end),
      /** @param {Collected} other */
      sameAs: (other) =>
        other.text === text &&
        other.segments.length === segments.length &&
        other.segments.every(
          ({ node, start, from }, index) =>
            node === segments[index].node &&
            start === segments[index].start &&
            from === segments[index].from,
        ),
    };
  }

  /** @param {Text} node */
  #addKept(node) {
    const { data } = node;
    let from = 0;
    for (const string of data.split("\u00ad")) {
      if (string) this.#push(string, node, from);
      from += string.length + 1;
    }
  }

  /**
   * @param {Text} node
   * @param {number} from
   * @param {number} to
   */
  #addCollapsed(node, from, to) {
    const data = node.data.slice(from, to);
    let end = 0;
    for (const run of data.matchAll(RUN)) {
      this.#noteSpace(node, from + end, data.slice(end, run.index));
      this.#push(run[0].replace(SPACES, " "), node, from + run.index);
      end = run.index + run[0].length;
    }
    this.#noteSpace(node, from + end, data.slice(end));
  }

  /**
   * @param {Text} node
   * @param {number} from
   * @param {string} gap
   */
  #noteSpace(node, from, gap) {
    const space = gap.search(SPACE);
    if (space >= 0 && !this.#broken) this.#space ??= [node, from + space];
  }

  /**
   * @param {string} string
   * @param {Text} node
   * @param {number} from
   */
  #push(string, node, from) {
    if (this.#broken && this.#length > 0) this.#write("\n");
    if (this.#space && this.#length > 0) this.#map(" ", ...this.#space);
    this.#broken = false;
    this.#space = null;
    this.#map(string, node, from);
  }

  /**
   * @param {string} string
   * @param {Text} node
   * @param {number} from
   */
  #map(string, node, from) {
    const start = this.#length;
    const last = this.#segments.at(-1);
    this.#write(string);
    if (last?.node === node && last.end === start && last.from + last.end - last.start === from) {
      last.end = this.#length;
    } else {
      this.#segments.push({ node, start, end: this.#length, from });
    }
  }

  /** @param {string} string */
  #write(string) {
    this.#strings.push(string);
    this.#length += string.length;
  }
}

/**
 * @param {readonly Segment[]} segments
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Range[]}
 */
function rangesOf(segments, text, start, end) {
  /** @type {Range[]} */
  const ranges = [];
  for (let index = firstAfter(segments, start); index < segments.length; index++) {
    const segment = segments[index];
    if (segment.start >= end) break;
    const left = Math.max(start, segment.start);
    const right = Math.min(end, segment.end);
    const from = segment.from + left - segment.start;
    const to = segment.from + right - segment.start;
    const last = ranges.at(-1);
    if (left >= right || !isUnchanged(segment.node, from, to, text.slice(left, right))) continue;
    if (last?.endContainer === segment.node) {
      last.setEnd(segment.node, to);
    } else {
      const range = segment.node.ownerDocument.createRange();
      range.setStart(segment.node, from);
      range.setEnd(segment.node, to);
      ranges.push(range);
    }
  }
  return ranges;
}

/**
 * Whether the node still has the words.
 *
 * @param {Text} node
 * @param {number} from
 * @param {number} to
 * @param {string} words
 */
function isUnchanged(node, from, to, words) {
  if (!node.isConnected) return false;
  const now = node.data.slice(from, to);
  return now === words || now.replace(SPACES, " ") === words || words.includes("\ufffd");
}

/**
 * The index of the first segment that ends after an offset. Large pages have very many segments.
 *
 * @param {readonly Segment[]} segments
 * @param {number} offset
 */
function firstAfter(segments, offset) {
  let low = 0;
  let high = segments.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (segments[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}
