/**
 * Text in the making, and where each of its characters stands on the page.
 *
 * @import { Collected } from "./collect.js"
 * @import { Rendering } from "./visibility.js"
 *
 * @typedef {object} Piece  characters of the text that stand one by one in a text node
 * @property {Text} node
 * @property {number} start  in the text
 * @property {number} end  in the text
 * @property {number} from  in the node
 */

/** Words with single spaces between them: one to one in the node and in the text. */
const RUN = /[^ \t\n\r\f\u00ad]+(?:[ \t\n\r\f][^ \t\n\r\f\u00ad]+)*/g;
const SPACE = /[ \t\n\r\f]/;
const SPACES = /[\t\n\r\f]/g;
const LONE_SURROGATE = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

export class TextMap {
  /** @type {string[]} */
  #strings = [];
  #length = 0;
  /** @type {Piece[]} */
  #pieces = [];
  /** A space that shows only if more text follows on the line. @type {[Text, number] | null} */
  #space = null;
  #broken = false;

  /** What follows begins a new line. */
  breakLine() {
    this.#broken = true;
    this.#space = null;
  }

  /**
   * @param {Text} node
   * @param {Rendering["spaces"]} spaces
   */
  add(node, spaces) {
    const { data } = node;
    if (spaces === "keep") {
      this.#addKept(node);
    } else if (spaces === "lines") {
      let from = 0;
      for (const line of data.split("\n")) {
        if (from > 0) this.breakLine();
        this.#addCollapsed(node, from, from + line.length);
        from += line.length + 1;
      }
    } else {
      this.#addCollapsed(node, 0, data.length);
    }
  }

  /**
   * @param {Element} root
   * @param {string[]} leftOut
   * @param {(Document | ShadowRoot)[]} scopes
   * @returns {Collected}
   */
  collected(root, leftOut, scopes) {
    const text = this.#strings.join("").replace(LONE_SURROGATE, "\ufffd");
    const pieces = this.#pieces;
    /** @type {Map<Node, Piece[]> | null} */
    let byNode = null;
    return {
      root,
      text,
      signature: hash(text),
      leftOut,
      scopes,
      pieces,
      ranges: (start, end) => rangesOf(pieces, text, start, end),
      offsetOf(node, offset) {
        byNode ??= grouped(pieces);
        for (const { start, end, from } of byNode.get(node) ?? []) {
          if (from <= offset && offset < from + end - start) return start + offset - from;
        }
        return null;
      },
      sameAs: (other) =>
        other.text === text &&
        other.pieces.length === pieces.length &&
        other.pieces.every(
          ({ node, start, from }, index) =>
            node === pieces[index].node &&
            start === pieces[index].start &&
            from === pieces[index].from,
        ),
    };
  }

  /** @param {Text} node */
  #addKept(node) {
    const { data } = node;
    let from = 0;
    for (const part of data.split("\u00ad")) {
      if (part) this.#push(part, node, from);
      from += part.length + 1;
    }
  }

  /**
   * @param {Text} node
   * @param {number} from
   * @param {number} to
   */
  #addCollapsed(node, from, to) {
    const part = node.data.slice(from, to);
    let end = 0;
    for (const run of part.matchAll(RUN)) {
      this.#noteSpace(node, from, part.slice(end, run.index), end);
      this.#push(run[0].replace(SPACES, " "), node, from + run.index);
      end = run.index + run[0].length;
    }
    this.#noteSpace(node, from, part.slice(end), end);
  }

  /**
   * @param {Text} node
   * @param {number} from
   * @param {string} gap
   * @param {number} at
   */
  #noteSpace(node, from, gap, at) {
    const space = gap.search(SPACE);
    if (space >= 0 && !this.#broken) this.#space ??= [node, from + at + space];
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
    const last = this.#pieces.at(-1);
    this.#write(string);
    if (last?.node === node && last.end === start && last.from + last.end - last.start === from) {
      last.end = this.#length;
    } else {
      this.#pieces.push({ node, start, end: this.#length, from });
    }
  }

  /** @param {string} string */
  #write(string) {
    this.#strings.push(string);
    this.#length += string.length;
  }
}

/**
 * @param {readonly Piece[]} pieces
 * @param {string} text
 * @param {number} start
 * @param {number} end
 * @returns {Range[]}
 */
function rangesOf(pieces, text, start, end) {
  /** @type {Range[]} */
  const ranges = [];
  for (let at = firstAt(pieces, start); at < pieces.length && pieces[at].start < end; at++) {
    const piece = pieces[at];
    const left = Math.max(start, piece.start);
    const right = Math.min(end, piece.end);
    const from = piece.from + left - piece.start;
    const to = piece.from + right - piece.start;
    const last = ranges.at(-1);
    if (left >= right || !stands(piece.node, from, to, text.slice(left, right))) continue;
    if (last?.endContainer === piece.node) {
      last.setEnd(piece.node, to);
    } else {
      const range = piece.node.ownerDocument.createRange();
      range.setStart(piece.node, from);
      range.setEnd(piece.node, to);
      ranges.push(range);
    }
  }
  return ranges;
}

/**
 * Whether the words still stand in the node.
 *
 * @param {Text} node
 * @param {number} from
 * @param {number} to
 * @param {string} words
 */
function stands(node, from, to, words) {
  if (!node.isConnected) return false;
  const now = node.data.slice(from, to);
  return now === words || now.replace(SPACES, " ") === words || words.includes("\ufffd");
}

/**
 * The first piece that ends behind an offset.
 *
 * @param {readonly Piece[]} pieces
 * @param {number} offset
 */
function firstAt(pieces, offset) {
  let low = 0;
  let high = pieces.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle].end <= offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * @param {readonly Piece[]} pieces
 * @returns {Map<Node, Piece[]>}
 */
function grouped(pieces) {
  /** @type {Map<Node, Piece[]>} */
  const byNode = new Map();
  for (const piece of pieces) {
    const known = byNode.get(piece.node);
    if (known) known.push(piece);
    else byNode.set(piece.node, [piece]);
  }
  return byNode;
}

/**
 * A 53-bit hash (cyrb53) in base 36; tells texts apart, keeps no secret.
 *
 * @param {string} text
 */
function hash(text) {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return (4294967296 * (2097151 & b) + (a >>> 0)).toString(36);
}
