/** The reader's key: kept by the tab alone, and sent to this server alone. */

import { byId } from "../shared/dom.js";

const NAME = "sayso-key";

export class Key {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.panel = /** @type {HTMLDetailsElement} */ (byId("key-panel"));
    this.field = /** @type {HTMLInputElement} */ (byId("key"));
    this.field.value = this.value;
    byId("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#keep(this.field.value.trim(), onChange);
    });
    byId("forget-key").addEventListener("click", () => this.#keep("", onChange));
  }

  get value() {
    return sessionStorage.getItem(NAME) ?? "";
  }

  /** Show the field, to be filled in. */
  ask() {
    this.panel.open = true;
    this.field.focus();
  }

  /**
   * @param {string} key
   * @param {() => void} onChange
   */
  #keep(key, onChange) {
    if (key) sessionStorage.setItem(NAME, key);
    else sessionStorage.removeItem(NAME);
    this.field.value = key;
    onChange();
  }
}
