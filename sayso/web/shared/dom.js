/**
 * Elements, found and made.
 *
 * @import { Label } from "./labels.js"
 */

import { LABEL_INFO } from "./labels.js";

/**
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @param {new () => T} [type]
 * @returns {T}
 */
export function byId(id, type = /** @type {any} */ (HTMLElement)) {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`no ${type.name} #${id}`);
  return element;
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
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) element.setAttribute(key, "");
    else if (value !== false && value != null) element.setAttribute(key, String(value));
  }
  element.append(...contents);
  return element;
}

/**
 * @param {string} text
 * @param {() => void} onClick
 * @param {Record<string, string | boolean>} [attributes]
 */
export function button(text, onClick, attributes = {}) {
  const element = make("button", { type: "button", ...attributes }, text);
  element.addEventListener("click", onClick);
  return element;
}

/**
 * Words that look like a label's marks.
 *
 * @param {Label} label
 * @param {string} [text]
 */
export const swatch = (label, text = LABEL_INFO[label].title) =>
  make("span", { class: "swatch", "data-label": label }, text);
