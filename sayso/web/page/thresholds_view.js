/**
 * A slider for each label, and whether it is shown at all.
 *
 * @import { Choice } from "./report_state.js"
 * @import { Label } from "../highlighter/types.js"
 */

import { button, make, percent } from "../shared/dom.js";
import { LABELS, LABEL_LOOKS } from "../shared/labels.js";
import { FLOOR } from "../highlighter/server.js";

export class ThresholdsView {
  /**
   * @param {HTMLElement} place
   * @param {Choice} choice
   * @param {() => void} onChange
   */
  constructor(place, choice, onChange) {
    this.choice = choice;
    this.onChange = onChange;
    this.rows = LABELS.map((label) => this.#row(label));
    const reset = button("Back to the model’s own", () => {
      choice.reset();
      this.show();
      onChange();
    });
    place.replaceChildren(...this.rows.map((row) => row.element), reset);
    this.show();
  }

  /** Show what is chosen. */
  show() {
    for (const { label, box, slider, output } of this.rows) {
      const threshold = this.choice.threshold(label);
      box.checked = this.choice.labels.includes(label);
      slider.disabled = !box.checked;
      slider.value = String(Math.round(100 * threshold));
      slider.setAttribute("aria-valuetext", percent(threshold));
      output.value = percent(threshold);
    }
  }

  /** @param {Label} label */
  #row(label) {
    const { title } = LABEL_LOOKS[label];
    const box = make("input", { type: "checkbox", id: `show-${label}` });
    const slider = make("input", {
      type: "range",
      id: `threshold-${label}`,
      min: 100 * FLOOR,
      max: 95,
      step: 1,
      "aria-label": `${title}: marked from this score on`,
    });
    const output = make("output", { for: slider.id });
    const swatch = make("span", { class: "swatch", "data-label": label }, title);
    const name = make("label", { for: box.id }, swatch);
    const place = { class: "threshold", "data-label": label };
    const element = make("div", place, box, name, output, slider);
    box.addEventListener("change", () => {
      this.choice.show(label, box.checked);
      this.show();
      this.onChange();
    });
    slider.addEventListener("input", () => {
      this.choice.set(label, Number(slider.value) / 100);
      this.show();
      this.onChange();
    });
    return { label, box, slider, output, element };
  }
}
