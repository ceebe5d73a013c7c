/**
 * What the parts of the extension say to each other. Nothing here runs.
 *
 * The reader lives in the page and holds what was found there; the worker alone talks with the
 * server; panel and options are pages of the extension.
 *
 * @import { Finding, Label, Thresholds } from "../../sayso/web/highlighter/types.js"
 * @import { ReportWarning, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { Summary } from "../../sayso/web/highlighter/findings.js"
 * @import { Problem } from "./errors.js"
 */

/**
 * How the reader shows what was found.
 *
 * @typedef {object} View
 * @property {Thresholds} thresholds  of the labels that are marked
 * @property {Partial<Record<Label, string>>} colours  the reader's own
 * @property {boolean} follow  whether new text is sent without another click
 *
 * To the reader:
 *
 * @typedef {{type: "hello"} | {type: "mark"} | {type: "clear"} | {type: "read"} |
 *   {type: "focus", id: string | null} | {type: "view", view: View}} ToReader
 *
 * To the worker, from the extension's own pages:
 *
 * @typedef {{type: "mark-tab", tab: number} | {type: "problem-of", tab: number} |
 *   {type: "test", server: string, key: string} | {type: "forget"}} ToWorker
 *
 * To the panel, from the reader and from the worker:
 *
 * @typedef {{type: "state", state: ReaderState} | {type: "pointed", id: string} |
 *   {type: "problem", tab: number, problem: Problem | null}} ToPanel
 *
 * On the port "score", from the reader:
 *
 * @typedef {{text: string}} Question
 *
 * and back:
 *
 * @typedef {{type: "view", view: View, model: string} |
 *   {type: "sentences", sentences: Sentence[]} |
 *   {type: "note", note: string} |
 *   {type: "end", model: string, warnings: ReportWarning[], kept: boolean} |
 *   {type: "problem", problem: Problem}} Answer
 *
 * @typedef {"idle" | "collecting" | "scoring" | "done"} Phase
 *
 * @typedef {Finding & {context: string}} ShownFinding  with its sentence
 *
 * @typedef {object} ReaderState
 * @property {Phase} phase
 * @property {string} note  what it waits for
 * @property {Problem | null} problem
 * @property {string} model
 * @property {boolean} kept  whether all was known from before, so that nothing was sent
 * @property {ShownFinding[]} findings
 * @property {Summary | null} summary
 * @property {string[]} warnings
 * @property {string[]} leftOut
 * @property {number} unread  characters of the page that are new since it was marked
 */
export {};
