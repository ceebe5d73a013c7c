/**
 * The messages between the parts of the extension. Nothing here runs.
 *
 * The reader lives in the page and holds its findings; only the worker sends requests to the
 * server; panel and options are pages of the extension.
 *
 * @import { Summary } from "../../sayso/web/highlighter/findings.js"
 * @import { Finding, ReportWarning, Sentence } from "../../sayso/web/highlighter/types.js"
 * @import { Thresholds } from "../../sayso/web/highlighter/types.js"
 * @import { Label } from "../../sayso/web/shared/labels.js"
 * @import { ErrorReport } from "./errors.js"
 */

/**
 * How the reader shows its findings.
 *
 * @typedef {object} View
 * @property {Thresholds} thresholds  of the labels that are marked
 * @property {Partial<Record<Label, string>>} colours  the reader's own
 * @property {boolean} follow  whether new text is sent without another click
 *
 * To the reader:
 *
 * @typedef {{type: "mark"} | {type: "clear"} | {type: "read"} |
 *   {type: "focus", id: string | null} | {type: "view", view: View}} ToReader
 *
 * To the worker, from the extension's own pages:
 *
 * @typedef {{type: "mark-tab", tab: number} | {type: "error-of", tab: number} |
 *   {type: "test", server: string, key: string} | {type: "forget"}} ToWorker
 *
 * To the panel, from the reader and from the worker:
 *
 * @typedef {{type: "state", state: ReaderState} | {type: "clicked", id: string} |
 *   {type: "error", tab: number, error: ErrorReport | null}} ToPanel
 *
 * On the port "score", from the reader:
 *
 * @typedef {{text: string}} ScoreRequest
 *
 * and back:
 *
 * @typedef {{type: "view", view: View, model: string} |
 *   {type: "sentences", sentences: Sentence[]} |
 *   {type: "note", note: string} |
 *   {type: "end", model: string, warnings: ReportWarning[], isCached: boolean} |
 *   {type: "error", error: ErrorReport}} ScoreAnswer
 *
 * @typedef {"idle" | "collecting" | "scoring" | "done"} Phase
 *
 * @typedef {Finding & {context: string}} ShownFinding  with its sentence
 *
 * @typedef {object} ReaderState
 * @property {Phase} phase
 * @property {string} note  the reason for a wait
 * @property {ErrorReport | null} error
 * @property {string} model
 * @property {boolean} isCached  whether all was known already, so that nothing was sent
 * @property {ShownFinding[]} findings
 * @property {Summary | null} summary
 * @property {string[]} warnings
 * @property {string[]} leftOut
 * @property {number} unread  characters that are new since the page was marked
 */
export {};
