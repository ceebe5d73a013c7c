/**
 * The shapes that the modules of the highlighter share. Nothing here runs.
 *
 * Offsets are half-open and count UTF-16 code units, as strings of JavaScript do.
 *
 * @import { Kind, Label } from "../shared/labels.js"
 *
 * @typedef {{start: number, end: number}} TextRange
 * @typedef {Partial<Record<Label, number>>} Thresholds
 *
 * A sentence as the server sends it (`POST /v1/score/stream`, `offset_unit: "utf16"`):
 *
 * @typedef {object} Evidence
 * @property {Label} label
 * @property {number} start
 * @property {number} end
 * @property {number} score  of the span's strongest word, 0 to 1
 * @property {boolean} quoted  whether it is inside quotation marks
 *
 * @typedef {object} Sentence
 * @property {number} index
 * @property {number} start
 * @property {number} end
 * @property {string} [text]
 * @property {Partial<Record<Label, number>> | null} scores  null where there is no word to read
 * @property {Label[]} flags  by the thresholds of the request
 * @property {Evidence[]} evidence  of the flags
 * @property {Kind | null} kind
 *
 * @typedef {object} ReportWarning
 * @property {string} code
 * @property {string} message
 * @property {number | null} sentence
 *
 * @typedef {object} Info  the answer to `GET /v1/info`, as far as it is used here
 * @property {{name: string, version: string, model: string}} model
 * @property {{label: Label, meaning: string, threshold: number}[]} labels
 * @property {{kind: Kind, meaning: string}[]} kinds
 * @property {{body_bytes: number, text_characters: number}} limits
 * @property {{needs_key: boolean}} access
 *
 * What the reader is shown:
 *
 * @typedef {object} Finding  one label of one sentence
 * @property {string} id  the same at every threshold, such as "12-hedging"
 * @property {Label} label
 * @property {Kind | null} kind  of an unverified attribution only
 * @property {number} score  the sentence's score for the label
 * @property {number} sentence  its index
 * @property {number} start  of the sentence
 * @property {number} end  of the sentence
 * @property {Evidence[]} spans  the words that carry the label, in order; at least one
 * @property {string} words  the spans' words, joined by " … "
 */
export {};
