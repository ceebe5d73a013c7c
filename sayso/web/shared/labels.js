/**
 * The labels, and the kinds of an unverified attribution, as readers see them: `labels.json`.
 *
 * Colours differ enough under the common colour blindnesses, text on them passes WCAG AAA (7:1;
 * `tests/web/labels.test.js` checks both), and each label has a line of its own style, so that
 * colour is never the only sign.
 */

import data from "../../labels.json" with { type: "json" };

/**
 * @typedef {keyof typeof data.labels} Label
 * @typedef {keyof typeof data.kinds} Kind
 * @typedef {"light" | "dark"} Scheme
 * @typedef {"solid" | "dashed" | "wavy"} LineStyle
 *
 * @typedef {object} Palette  a label's colours on one kind of background
 * @property {string} background  behind the marked words
 * @property {string} text  of the marked words
 * @property {string} line  under them; also of charts
 *
 * @typedef {object} LabelInfo
 * @property {string} title  such as "Hedging"
 * @property {string} name  the title inside a sentence
 * @property {string} meaning  completes "The sentence …"
 * @property {LineStyle} line
 * @property {Palette} light
 * @property {Palette} dark
 *
 * @typedef {Pick<LabelInfo, "title" | "name" | "meaning">} KindInfo  the meaning follows a colon
 *
 * @typedef {Partial<Record<Label, Record<Scheme, Palette>>>} CustomPalettes
 */

/** The only label whose findings are of a kind. */
export const UNVERIFIED_ATTRIBUTION = "unverified_attribution";

export const LABELS = /** @type {readonly Label[]} */ (Object.keys(data.labels));
export const KINDS = /** @type {readonly Kind[]} */ (Object.keys(data.kinds));

export const LABEL_INFO = /** @type {Readonly<Record<Label, LabelInfo>>} */ (named(data.labels));
export const KIND_INFO = /** @type {Readonly<Record<Kind, KindInfo>>} */ (named(data.kinds));

/**
 * The id of the section of the page at `/` that explains a label.
 *
 * @param {Label} label
 */
export const anchorOf = (label) => `about-${label.replaceAll("_", "-")}`;

/** @param {Record<string, {title: string}>} entries */
function named(entries) {
  const all = Object.entries(entries);
  return Object.fromEntries(
    all.map(([id, info]) => [id, { ...info, name: info.title.toLowerCase() }]),
  );
}
