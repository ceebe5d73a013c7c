/**
 * The options of one label: whether it is marked, from which score on, in which colour.
 *
 * @import { Label } from "../../sayso/web/shared/labels.js"
 * @import { SettingName, Settings } from "./settings.js"
 */

import { MIN_THRESHOLD } from "../../sayso/web/highlighter/server.js";
import { make, swatch } from "../../sayso/web/shared/dom.js";
import { LABEL_INFO } from "../../sayso/web/shared/labels.js";
import { explanation, scoreText } from "../../sayso/web/shared/wording.js";

const UNCHOSEN = 0.5;

export class LabelFields {
  /** @param {Label} label */
  constructor(label) {
    this.label = label;
    const { name } = LABEL_INFO[label];
    this.marked = make("input", { type: "checkbox" });
    this.hasThreshold = make("input", { type: "checkbox" });
    this.threshold = make("input", {
      type: "range",
      id: `${label}-threshold`,
      min: MIN_THRESHOLD,
      max: 1,
      step: 0.01,
      "aria-label": `Threshold for ${name}`,
    });
    this.output = make("output", { for: this.threshold.id });
    this.hasColour = make("input", { type: "checkbox" });
    this.colour = make("input", { type: "color", "aria-label": `Colour for ${name}` });
    this.fieldset = make(
      "fieldset",
      {},
      make("legend", {}, make("strong", {}, swatch(label))),
      make("p", { class: "note" }, explanation(label)),
      make("p", {}, make("label", {}, this.marked, " Mark it")),
      make(
        "p",
        { class: "row" },
        make("label", {}, this.hasThreshold, " My own threshold"),
        this.threshold,
        this.output,
      ),
      make(
        "p",
        { class: "row" },
        make("label", {}, this.hasColour, " My own colour"),
        this.colour,
      ),
    );
    this.fieldset.addEventListener("input", () => this.#update());
  }

  /**
   * @param {Settings} settings
   * @param {readonly SettingName[]} locked
   */
  show({ labels, thresholds, colours }, locked) {
    const threshold = thresholds[this.label];
    const colour = colours[this.label];
    this.marked.checked = labels.includes(this.label);
    this.hasThreshold.checked = threshold !== undefined;
    this.threshold.value = String(threshold ?? UNCHOSEN);
    this.hasColour.checked = colour !== undefined;
    this.colour.value = colour ?? LABEL_INFO[this.label].light.line;
    this.locked = locked;
    this.#update();
  }

  /** @param {Pick<Settings, "labels" | "thresholds" | "colours">} settings  are filled in */
  read({ labels, thresholds, colours }) {
    if (this.marked.checked) labels.push(this.label);
    if (this.hasThreshold.checked) thresholds[this.label] = Number(this.threshold.value);
    if (this.hasColour.checked) colours[this.label] = this.colour.value;
  }

  #update() {
    const locked = this.locked ?? [];
    this.marked.disabled = locked.includes("labels");
    this.hasThreshold.disabled = locked.includes("thresholds");
    this.threshold.disabled = this.hasThreshold.disabled || !this.hasThreshold.checked;
    this.hasColour.disabled = locked.includes("colours");
    this.colour.disabled = this.hasColour.disabled || !this.hasColour.checked;
    this.output.textContent = this.hasThreshold.checked
      ? scoreText(Number(this.threshold.value))
      : "the server’s";
  }
}
