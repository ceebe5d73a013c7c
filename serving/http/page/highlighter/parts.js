/**
 * A text that is too long for one request, in parts that are not.
 *
 * @typedef {object} Part
 * @property {string} text
 * @property {number} start  where it begins in the whole, in UTF-16 code units
 *
 * Parts end at a newline where there is one, else at a sentence's end, else at white space, never
 * inside a surrogate pair. Joined they are the whole text.
 *
 * @param {string} text
 * @param {{text_characters: number, body_bytes: number}} limits  of the server; characters are
 *   code points
 * @returns {Part[]}
 */
export function splitInParts(text, limits) {
  throw new Error("not yet");
}
