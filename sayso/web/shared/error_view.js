/** An error in words, and a button to go on. */

import { button, make } from "./dom.js";

export class ErrorView {
  #shown = "";

  /** @param {HTMLElement} element  with the role `alert` */
  constructor(element) {
    this.element = element;
  }

  /**
   * @param {string} message  "" hides the view
   * @param {readonly [string, () => void]} [remedy]  text of the button, and its action
   */
  show(message, remedy) {
    const shown = JSON.stringify([message, remedy?.[0]]);
    if (this.#shown === shown) return; // else a screen reader would read it again
    this.#shown = shown;
    this.element.hidden = !message;
    this.element.replaceChildren(make("p", {}, message), remedy ? button(...remedy) : "");
  }
}
