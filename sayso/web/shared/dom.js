/** Elements of the page, found and made. */

/**
 * @template {Element} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return /** @type {T} */ (/** @type {unknown} */ (found));
}

/**
 * An element with attributes and contents; text only ever becomes text nodes, so that nothing in an
 * article can run.
 *
 * @template {keyof HTMLElementTagNameMap} N
 * @param {N} name
 * @param {Record<string, string | number | boolean | null | undefined>} [attributes]  `true` sets
 *   an empty one; false, null and undefined set none
 * @param {...(Node | string)} contents
 * @returns {HTMLElementTagNameMap[N]}
 */
export function make(name, attributes = {}, ...contents) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, String(value));
  }
  made.append(...contents);
  return made;
}

/**
 * A button that does something.
 *
 * @param {string} words
 * @param {() => void} act
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(words, act, attributes = {}) {
  const made = make("button", { type: "button", ...attributes }, words);
  made.addEventListener("click", act);
  return made;
}

/** @param {number} share  0 to 1 */
export const percent = (share) => `${Math.round(100 * share)} %`;

/**
 * "1 sentence", "2 sentences", "1,200 words".
 *
 * @param {number} number
 * @param {string} one
 * @param {string} [many]
 */
export const count = (number, one, many = `${one}s`) =>
  `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
