/**
 * A text that is too long for one request, in chunks that are not.
 *
 * @typedef {object} Chunk
 * @property {string} text
 * @property {number} start  where it begins in the whole text, in UTF-16 code units
 */

/** Bytes of a request beside its text. */
const OVERHEAD = 1_000;
/** Where to cut, best first; each ends behind the cut. */
const BOUNDARIES = [/\n/g, /[.!?]["”’')\]]*\s/g, /\s/g];

/**
 * Chunks end at a newline if there is one, else at a sentence's end, else at white space, never
 * inside a surrogate pair. Joined they are the whole text.
 *
 * @param {string} text
 * @param {{text_characters: number, body_bytes: number}} limits  of the server; characters are
 *   code points
 * @returns {Chunk[]}
 */
export function splitIntoChunks(text, limits) {
  const chunks = [];
  for (let start = 0; start < text.length; ) {
    const furthest = furthestEnd(text, start, limits);
    const end = furthest === text.length ? furthest : bestEnd(text, start, furthest);
    chunks.push({ text: text.slice(start, end), start });
    start = end;
  }
  return chunks;
}

/**
 * How far a chunk from `start` on may go; at least one character.
 *
 * @param {string} text
 * @param {number} start
 * @param {{text_characters: number, body_bytes: number}} limits
 */
function furthestEnd(text, start, limits) {
  const bytes = limits.body_bytes - OVERHEAD;
  let end = start;
  for (let characters = 0, used = 0; end < text.length; characters++) {
    const point = /** @type {number} */ (text.codePointAt(end));
    used += bytesInJson(point);
    if (end > start && (characters >= limits.text_characters || used > bytes)) break;
    end += point > 0xffff ? 2 : 1;
  }
  return end;
}

/** @param {number} point  a code point, or half a surrogate pair */
function bytesInJson(point) {
  if (point < 0x20 || (point >= 0xd800 && point < 0xe000)) return 6; // \u0000
  if (point === 0x22 || point === 0x5c) return 2;
  if (point < 0x80) return 1;
  if (point < 0x800) return 2;
  return point > 0xffff ? 4 : 3;
}

/**
 * The best place for a cut in the second half of `text[start:furthest]`.
 *
 * @param {string} text
 * @param {number} start
 * @param {number} furthest
 */
function bestEnd(text, start, furthest) {
  const middle = Math.ceil((start + furthest) / 2);
  const half = text.slice(middle, furthest);
  for (const boundary of BOUNDARIES) {
    let end = 0;
    for (const match of half.matchAll(boundary)) end = match.index + match[0].length;
    if (end > 0) return middle + end;
  }
  return furthest;
}
