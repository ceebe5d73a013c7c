/** An error in words, and buttons to go on. */

import { button, make } from "../shared/dom.js";

export class ErrorView {
  /** @param {HTMLElement} element  with the role `alert` */
  constructor(element) {
    this.element = element;
  }

  /**
   * @param {string} message
   * @param {() => void} [onRetry]  of the button that tries again; without it there is none
   */
  show(message, onRetry) {
    const buttons = onRetry ? [button("Try again", onRetry)] : [];
    this.element.replaceChildren(make("p", {}, message), ...buttons);
    this.element.hidden = false;
  }

  hide() {
    this.element.hidden = true;
    this.element.replaceChildren();
  }
}
