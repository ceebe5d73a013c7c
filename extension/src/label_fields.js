/**
 * The options of one label: whether it is marked, from which score on, in which colour.
 *
 * @import { Label } from "../../sayso/web/highlighter/types.js"
 * @import { SettingName, Settings } from "./settings.js"
 */

import { LABEL_LOOKS } from "../../sayso/web/shared/labels.js";
import { FLOOR } from "../../sayso/web/highlighter/server.js";
import { element } from "./elements.js";

const UNCHOSEN = 0.5;
const two = new Intl.NumberFormat("en", { minimumFractionDigits: 2 });

export class LabelFields {
  /** @param {Label} label */
  constructor(label) {
    this.label = label;
    const { title, why, light } = LABEL_LOOKS[label];
    /** @param {string} part */
    const id = (part) => `${label}-${part}`;
    this.marked = element("input", { type: "checkbox", id: id("marked") });
    this.own = element("input", { type: "checkbox", id: id("own") });
    this.threshold = element("input", {
      type: "range",
      id: id("threshold"),
      min: String(FLOOR),
      max: "1",
      step: "0.01",
      "aria-label": `Threshold for ${LABEL_LOOKS[label].name}`,
    });
    this.figure = element("output", { for: id("threshold") });
    this.coloured = element("input", { type: "checkbox", id: id("coloured") });
    this.colour = element("input", {
      type: "color",
      id: id("colour"),
      "aria-label": `Colour for ${LABEL_LOOKS[label].name}`,
    });
    this.standard = light.line;
    this.fieldset = element(
      "fieldset",
      {},
      element("legend", {}, element("strong", { class: label }, title)),
      element("p", { class: "quiet" }, why),
      element("p", {}, element("label", {}, this.marked, " Mark it")),
      element(
        "p",
        { class: "row" },
        element("label", {}, this.own, " A threshold of my own"),
        this.threshold,
        this.figure,
      ),
      element(
        "p",
        { class: "row" },
        element("label", {}, this.coloured, " A colour of my own"),
        this.colour,
      ),
    );
    this.fieldset.addEventListener("input", () => this.#adjust());
  }

  /**
   * @param {Settings} settings
   * @param {readonly SettingName[]} locked
   */
  show({ labels, thresholds, colours }, locked) {
    const threshold = thresholds[this.label];
    const colour = colours[this.label];
    this.marked.checked = labels.includes(this.label);
    this.own.checked = threshold !== undefined;
    this.threshold.value = String(threshold ?? UNCHOSEN);
    this.coloured.checked = colour !== undefined;
    this.colour.value = colour ?? this.standard;
    this.locked = locked;
    this.#adjust();
  }

  /** @param {Pick<Settings, "labels" | "thresholds" | "colours">} into */
  read({ labels, thresholds, colours }) {
    if (this.marked.checked) labels.push(this.label);
    if (this.own.checked) thresholds[this.label] = Number(this.threshold.value);
    if (this.coloured.checked) colours[this.label] = this.colour.value;
  }

  #adjust() {
    const locked = this.locked ?? [];
    this.marked.disabled = locked.includes("labels");
    this.own.disabled = locked.includes("thresholds");
    this.threshold.disabled = this.own.disabled || !this.own.checked;
    this.coloured.disabled = locked.includes("colours");
    this.colour.disabled = this.coloured.disabled || !this.coloured.checked;
    this.figure.textContent = this.own.checked
      ? two.format(Number(this.threshold.value))
      : "the server’s";
  }
}
