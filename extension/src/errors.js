/**
 * What can go wrong, as the panel and the options page tell it.
 *
 * @import { Info } from "../../sayso/web/highlighter/types.js"
 */

import { LABELS } from "../../sayso/web/shared/labels.js";
import { ServerProblem } from "../../sayso/web/highlighter/server.js";
import { AddressProblem } from "./address.js";

/**
 * @typedef {"options" | "allow" | "again" | ""} Remedy  what the panel offers: to open the options,
 *   to ask the browser for the permission, to try again
 *
 * @typedef {object} Problem
 * @property {string} kind
 * @property {string} message  one or two plain sentences
 * @property {Remedy} remedy
 */

/** @type {Readonly<Record<string, [string, Remedy]>>} */
const OWN = {
  no_server: ["Choose a Sayso server first.", "options"],
  no_permission: ["The browser does not let the extension ask this server yet.", "allow"],
  too_old: ["This Sayso server is too old for the extension. Its operator can update it.", ""],
  no_text: ["There is no text to mark on this page.", ""],
  not_here: ["The browser does not let extensions read this page.", ""],
  click_first: [
    "The browser lets the extension read this page only after a click on its button in the " +
      "toolbar, or the keyboard shortcut.",
    "",
  ],
  no_highlights: ["This browser is too old: it has no CSS Custom Highlight API.", ""],
  unexpected: ["The extension made a mistake. Reload the page and try again.", "again"],
};

/** @type {Readonly<Record<string, Remedy>>} */
const REMEDIES = {
  key_needed: "options",
  key_unknown: "options",
  not_sayso: "options",
  unreachable: "again",
  too_often: "again",
  busy: "again",
  broken: "again",
  broke_off: "again",
};

/** A problem of the extension's own. */
export class ExtensionProblem extends Error {
  /** @param {string} kind  of those in the table */
  constructor(kind) {
    super(problem(kind).message);
    this.kind = kind;
  }
}

/**
 * @param {string} kind  of those in the table
 * @returns {Problem}
 */
export function problem(kind) {
  const [message, remedy] = OWN[kind] ?? ["", ""];
  return { kind, message, remedy };
}

/**
 * What to tell about an error.
 *
 * @param {unknown} error
 * @returns {Problem}
 */
export function told(error) {
  if (error instanceof ExtensionProblem) return problem(error.kind);
  if (error instanceof AddressProblem) {
    return { kind: "address", message: error.message, remedy: "options" };
  }
  if (error instanceof ServerProblem) {
    return { kind: error.kind, message: error.message, remedy: REMEDIES[error.kind] ?? "" };
  }
  console.error(error);
  return problem("unexpected");
}

/**
 * @param {Info} info
 * @throws {ExtensionProblem} where the server lacks what the extension needs
 */
export function requireFit(info) {
  const units = /** @type {{offset_units?: unknown}} */ (info).offset_units;
  const known = info.labels.filter((one) => typeof one?.threshold === "number");
  const fits =
    Array.isArray(units) &&
    units.includes("utf16") &&
    LABELS.every((label) => known.some((one) => one.label === label)) &&
    info.limits.text_characters > 0;
  if (!fits) throw new ExtensionProblem("too_old");
}

/**
 * A server that has `/v1/info` but does not know a route or a field is an old one.
 *
 * @param {unknown} error  of scoring
 * @returns {unknown}
 */
export function asTooOld(error) {
  const is = error instanceof ServerProblem && (error.kind === "not_sayso" || error.status === 422);
  return is ? new ExtensionProblem("too_old") : error;
}
