/**
 * Errors as the panel and the options page show them.
 *
 * @import { Info } from "../../sayso/web/highlighter/types.js"
 */

import { ServerError } from "../../sayso/web/highlighter/server_errors.js";
import { LABELS } from "../../sayso/web/shared/labels.js";
import { AddressError } from "./address.js";

/**
 * @typedef {"options" | "allow" | "again" | ""} Remedy  what the panel offers: to open the options,
 *   to ask the browser for the permission, to try again
 *
 * @typedef {object} ErrorReport
 * @property {string} kind
 * @property {string} message  one or two plain sentences
 * @property {Remedy} remedy
 */

/** Of the extension's own errors. @type {Readonly<Record<string, [string, Remedy]>>} */
const MESSAGES = {
  no_server: ["Choose a Sayso server first.", "options"],
  no_permission: ["The browser has not allowed this server yet.", "allow"],
  too_old: ["This Sayso server is too old for the extension. Its operator can update it.", ""],
  no_text: ["There is no text to mark on this page.", ""],
  not_here: ["The browser does not let extensions read this page.", ""],
  click_first: [
    "The browser lets the extension read this page only after a click on its button in the " +
      "toolbar, or the keyboard shortcut.",
    "",
  ],
  no_highlights: ["This browser is too old: it has no CSS Custom Highlight API.", ""],
  unexpected: ["The extension had an internal error. Reload the page and try again.", "again"],
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

/** An error of the extension's own. */
export class ExtensionError extends Error {
  /** @param {string} kind  a key of `MESSAGES` */
  constructor(kind) {
    super(ownError(kind).message);
    this.kind = kind;
  }
}

/**
 * @param {string} kind  a key of `MESSAGES`
 * @returns {ErrorReport}
 */
export function ownError(kind) {
  const [message, remedy] = MESSAGES[kind] ?? ["", ""];
  return { kind, message, remedy };
}

/**
 * @param {unknown} error
 * @returns {ErrorReport}
 */
export function reportOf(error) {
  if (error instanceof ExtensionError) return ownError(error.kind);
  if (error instanceof AddressError) {
    return { kind: "address", message: error.message, remedy: "options" };
  }
  if (error instanceof ServerError) {
    return { kind: error.kind, message: error.message, remedy: REMEDIES[error.kind] ?? "" };
  }
  console.error(error);
  return ownError("unexpected");
}

/**
 * @param {Info} info
 * @throws {ExtensionError} if the server lacks a feature that the extension needs
 */
export function requireCompatible(info) {
  const units = /** @type {{offset_units?: unknown}} */ (info).offset_units;
  const usable = info.labels.filter((one) => typeof one?.threshold === "number");
  const isCompatible =
    Array.isArray(units) &&
    units.includes("utf16") &&
    LABELS.every((label) => usable.some((one) => one.label === label)) &&
    info.limits.text_characters > 0;
  if (!isCompatible) throw new ExtensionError("too_old");
}

/**
 * A server that has `/v1/info` but does not know a route or a field is too old.
 *
 * @param {unknown} error  of scoring
 * @returns {unknown}
 */
export function asTooOld(error) {
  if (!(error instanceof ServerError)) return error;
  const isOld = error.kind === "not_sayso" || error.status === 422;
  return isOld ? new ExtensionError("too_old") : error;
}
