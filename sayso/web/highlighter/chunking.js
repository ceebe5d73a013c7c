/**
 * A text that is too long for one request, in parts that are not.
 *
 * @typedef {object} Part
 * @property {string} text
 * @property {number} start  where it begins in the whole, in UTF-16 code units
 */

/** Bytes of a request beside its text. */
const BESIDE = 1_000;
/** Where to cut, best first; each ends behind the cut. */
const CUTS = [/\n/g, /[.!?]["”’')\]]*\s/g, /\s/g];

/**
 * Parts end at a newline where there is one, else at a sentence's end, else at white space, never
 * inside a surrogate pair. Joined they are the whole text.
 *
 * @param {string} text
 * @param {{text_characters: number, body_bytes: number}} limits  of the server; characters are
 *   code points
 * @returns {Part[]}
 */
export function splitInParts(text, limits) {
  const parts = [];
  for (let start = 0; start < text.length; ) {
    const furthest = reach(text, start, limits);
    const end = furthest === text.length ? furthest : cut(text, start, furthest);
    parts.push({ text: text.slice(start, end), start });
    start = end;
  }
  return parts;
}

/**
 * How far a part from `start` on may go; at least one character.
 *
 * @param {string} text
 * @param {number} start
 * @param {{text_characters: number, body_bytes: number}} limits
 */
function reach(text, start, limits) {
  const bytes = limits.body_bytes - BESIDE;
  let at = start;
  for (let characters = 0, used = 0; at < text.length; characters++) {
    const point = /** @type {number} */ (text.codePointAt(at));
    used += bytesInJson(point);
    if (at > start && (characters >= limits.text_characters || used > bytes)) break;
    at += point > 0xffff ? 2 : 1;
  }
  return at;
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
function cut(text, start, furthest) {
  const middle = Math.ceil((start + furthest) / 2);
  const half = text.slice(middle, furthest);
  for (const kind of CUTS) {
    let end = 0;
    for (const match of half.matchAll(kind)) end = match.index + match[0].length;
    if (end > 0) return middle + end;
  }
  return furthest;
}
