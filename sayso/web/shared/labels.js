/**
 * The labels and kinds as readers see them: names, one plain sentence each, colours and lines.
 *
 * Colours keep apart under the common colour blindnesses (`extension/test/blindness.test.js` says
 * how far), text on them passes WCAG AAA (7:1), and
 * each label has a line of its own style, so that colour is never the only sign.
 *
 * @import { Kind, Label } from "../highlighter/types.js"
 */

/**
 * @typedef {object} Ink  a label's colours on one kind of background
 * @property {string} background  behind the marked words
 * @property {string} text  of the marked words
 * @property {string} line  under them; also of charts and swatches
 *
 * @typedef {object} LabelLook
 * @property {string} name  such as "hedging"
 * @property {string} title  with a capital letter
 * @property {string} why  one plain sentence
 * @property {string} anchor  of the section that explains it, such as "about-hedging"
 * @property {"solid" | "dashed" | "wavy"} style  of the line
 * @property {Ink} light
 * @property {Ink} dark
 *
 * @typedef {object} KindLook
 * @property {string} name  such as "unnamed source"
 * @property {string} why  one plain sentence
 *
 * @typedef {Partial<Record<Label, {light?: Partial<Ink>, dark?: Partial<Ink>}>>} OwnColours
 */

/** @type {readonly Label[]} */
export const LABELS = ["hedging", "unverified_attribution", "loaded_framing"];

/** @type {readonly Kind[]} */
export const KINDS = ["unnamed", "no_source", "second_hand", "withheld"];

/** @type {Readonly<Record<Label, LabelLook>>} */
export const LABEL_LOOKS = {
  hedging: {
    name: "hedging",
    title: "Hedging",
    why: "The sentence presents what it says as less than certain.",
    anchor: "about-hedging",
    style: "solid",
    light: { background: "#dcebfa", text: "#10202e", line: "#0063a6" },
    dark: { background: "#12395c", text: "#eef6fd", line: "#6cb8f5" },
  },
  unverified_attribution: {
    name: "unverified attribution",
    title: "Unverified attribution",
    why: "The sentence passes on a claim that nobody who can be named stands behind.",
    anchor: "about-unverified-attribution",
    style: "dashed",
    light: { background: "#fdecc4", text: "#2b1d00", line: "#9a5b00" },
    dark: { background: "#4d3506", text: "#fff5e0", line: "#f0b23e" },
  },
  loaded_framing: {
    name: "loaded framing",
    title: "Loaded framing",
    why: "The wording pushes a judgement or a feeling where a plainer word would do.",
    anchor: "about-loaded-framing",
    style: "wavy",
    light: { background: "#fcc3cf", text: "#2e0a1f", line: "#b01e62" },
    dark: { background: "#5f1230", text: "#fdeef6", line: "#ff7fb0" },
  },
};

/** @type {Readonly<Record<Kind, KindLook>>} */
export const KIND_LOOKS = {
  unnamed: {
    name: "unnamed source",
    why: "It rests on people without names, or on a group that cannot be asked.",
  },
  no_source: { name: "no source", why: "It gives no source at all." },
  second_hand: {
    name: "second hand",
    why: "A named source passes on what others, who are not named, told it.",
  },
  withheld: {
    name: "confirmation withheld",
    why: "The wording itself says that the claim is not confirmed.",
  },
};

/**
 * Why a sentence is marked, in one plain sentence.
 *
 * @param {Label} label
 * @param {Kind | null} [kind]
 * @returns {string}
 */
export function why(label, kind = null) {
  if (label !== "unverified_attribution" || !kind) return LABEL_LOOKS[label].why;
  return {
    unnamed: "The claim rests on people without names, or on a group that cannot be asked.",
    no_source: "The claim is passed on without any source.",
    second_hand: "A named source passes on what others, who are not named, told it.",
    withheld: "The wording itself says that the claim is not confirmed.",
  }[kind];
}
