/** The reader's key: kept in this tab only, and sent to this server only. */

import { byId } from "../shared/dom.js";

const STORAGE_KEY = "sayso-key";

export class ApiKey {
  /** @param {() => void} onChange */
  constructor(onChange) {
    this.panel = byId("key-panel", HTMLDetailsElement);
    this.field = byId("key", HTMLInputElement);
    this.field.value = this.value;
    /** @param {string} key */
    const save = (key) => {
      if (key) sessionStorage.setItem(STORAGE_KEY, key);
      else sessionStorage.removeItem(STORAGE_KEY);
      this.field.value = key;
      onChange();
    };
    byId("key-form").addEventListener("submit", (event) => {
      event.preventDefault();
      save(this.field.value.trim());
    });
    byId("forget-key").addEventListener("click", () => save(""));
  }

  get value() {
    return sessionStorage.getItem(STORAGE_KEY) ?? "";
  }

  /** Show the field, to be filled in. */
  ask() {
    this.panel.open = true;
    this.field.focus();
  }
}
