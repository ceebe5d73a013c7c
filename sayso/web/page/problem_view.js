/** What went wrong, in words, and what can be done about it. */

import { button, make } from "../shared/dom.js";

export class ProblemView {
  /** @param {HTMLElement} place  with the role `alert` */
  constructor(place) {
    this.place = place;
  }

  /**
   * @param {string} message
   * @param {[string, () => void][]} [ways]  words of a button, and what it does
   */
  show(message, ways = []) {
    const buttons = ways.map(([words, act]) => button(words, act));
    this.place.replaceChildren(make("p", {}, message), ...buttons);
    this.place.hidden = false;
  }

  hide() {
    this.place.hidden = true;
    this.place.replaceChildren();
  }
}
