/**
 * A slider for each label, and a box that shows or hides it.
 *
 * @import { Label } from "../shared/labels.js"
 * @import { ThresholdSettings } from "./report_state.js"
 */

import { MIN_THRESHOLD } from "../highlighter/server.js";
import { button, make, swatch } from "../shared/dom.js";
import { LABELS, LABEL_INFO } from "../shared/labels.js";
import { scoreText } from "../shared/wording.js";

const MAX_THRESHOLD = 0.95;

export class ThresholdsView {
  /**
   * @param {HTMLElement} element
   * @param {ThresholdSettings} settings
   * @param {() => void} onChange
   */
  constructor(element, settings, onChange) {
    this.settings = settings;
    this.onChange = onChange;
    this.rows = LABELS.map((label) => this.#row(label));
    const reset = button("Reset to the model’s own", () => this.#change(() => settings.reset()));
    element.replaceChildren(...this.rows.map((row) => row.element), reset);
    this.show();
  }

  /** Show the settings. */
  show() {
    for (const { label, box, slider, output } of this.rows) {
      const threshold = this.settings.threshold(label);
      box.checked = this.settings.labels.includes(label);
      slider.disabled = !box.checked;
      slider.value = threshold.toFixed(2);
      slider.setAttribute("aria-valuetext", scoreText(threshold));
      output.value = scoreText(threshold);
    }
  }

  /** @param {() => void} act  on the settings */
  #change(act) {
    act();
    this.show();
    this.onChange();
  }

  /** @param {Label} label */
  #row(label) {
    const box = make("input", { type: "checkbox", id: `show-${label}` });
    const slider = make("input", {
      type: "range",
      id: `threshold-${label}`,
      min: MIN_THRESHOLD,
      max: MAX_THRESHOLD,
      step: 0.01,
      "aria-label": `${LABEL_INFO[label].title}: flagged from this score`,
    });
    const output = make("output", { for: slider.id });
    const name = make("label", { for: box.id }, swatch(label));
    const attributes = { class: "threshold", "data-label": label };
    const element = make("div", attributes, box, name, output, slider);
    const { settings } = this;
    box.addEventListener("change", () => this.#change(() => settings.show(label, box.checked)));
    slider.addEventListener("input", () =>
      this.#change(() => settings.set(label, Number(slider.value))),
    );
    return { label, box, slider, output, element };
  }
}
