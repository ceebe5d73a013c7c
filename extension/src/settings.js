/**
 * What the reader has chosen, what an organisation has set, and what holds of both.
 *
 * @import { Label, Thresholds } from "../../sayso/web/highlighter/types.js"
 */

import { LABELS } from "../../sayso/web/shared/labels.js";
import { readAddress } from "./address.js";
import { isColour } from "../../sayso/web/shared/custom_colours.js";

/**
 * @typedef {object} Settings
 * @property {string} server  its address; "" where none is chosen
 * @property {string} key  "" where the server needs none
 * @property {Label[]} labels  that are marked
 * @property {Thresholds} thresholds  the reader's own; the server's hold where there is none
 * @property {Partial<Record<Label, string>>} colours  the reader's own, such as "#0063a6"
 * @property {boolean} follow  whether new text of a marked page is sent without another click
 *
 * @typedef {keyof Settings} SettingName
 *
 * @typedef {object} Effective
 * @property {Settings} settings  that hold
 * @property {Settings} base  that would hold if the reader had chosen nothing
 * @property {SettingName[]} locked  the organisation's, which the reader cannot change
 * @property {SettingName[]} managed  of which the organisation has set a value
 */

/** @type {Readonly<Settings>} */
export const DEFAULTS = {
  server: "",
  key: "",
  labels: [...LABELS],
  thresholds: {},
  colours: {},
  follow: false,
};

/** @type {{[N in SettingName]: (value: unknown) => Settings[N] | undefined}} */
const READERS = {
  server,
  key: text,
  labels: (value) => {
    if (!Array.isArray(value)) return undefined;
    return LABELS.filter((label) => value.includes(label));
  },
  thresholds: (value) => perLabel(value, isThreshold),
  colours: (value) => perLabel(value, isColour),
  follow: (value) => (typeof value === "boolean" ? value : undefined),
};

/** @type {readonly SettingName[]} */
export const SETTING_NAMES = /** @type {SettingName[]} */ (Object.keys(READERS));

/**
 * The settings that hold: the organisation's where it has locked them, else the reader's, else the
 * organisation's, else the defaults. What cannot be is passed over.
 *
 * @param {Record<string, unknown>} own  as the reader saved them
 * @param {Record<string, unknown>} managed  as the browser's policy has them, with a list `locked`
 * @returns {Effective}
 */
export function effective(own, managed) {
  const set = readSettings(managed);
  const names = /** @type {SettingName[]} */ (Object.keys(set));
  const asked = Array.isArray(managed.locked) ? managed.locked : [];
  const locked = SETTING_NAMES.filter((name) => asked.includes(name));
  const chosen = readSettings(own);
  for (const name of locked) delete chosen[name];
  const base = { ...DEFAULTS, ...set };
  const settings = { ...base, ...chosen };
  if (chosen.key === undefined) settings.key = keyFor(settings.server, base);
  return { settings, base, locked, managed: names };
}

/**
 * The organisation's key, where a server may see it: its own, if it has chosen one.
 *
 * @param {string} server
 * @param {Settings} base
 */
export function keyFor(server, base) {
  return !base.server || server === base.server ? base.key : "";
}

/**
 * What of the chosen settings is the reader's own: what differs from what would hold anyhow. So a
 * later change by the organisation reaches who never chose otherwise.
 *
 * @param {Settings} chosen
 * @param {Effective} now
 * @returns {Partial<Settings>}
 */
export function ownOf(chosen, { base, locked }) {
  const own = SETTING_NAMES.filter((name) => {
    const differs = JSON.stringify(chosen[name]) !== JSON.stringify(base[name]);
    return differs && !locked.includes(name);
  });
  return Object.fromEntries(own.map((name) => [name, chosen[name]]));
}

/**
 * What of some stored values can be settings.
 *
 * @param {Record<string, unknown>} stored
 * @returns {Partial<Settings>}
 */
export function readSettings(stored) {
  const found = SETTING_NAMES.map((name) => [name, READERS[name](stored[name])]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/**
 * The thresholds that marks follow: of the labels that are marked, the reader's own, else the
 * server's.
 *
 * @param {Settings} settings
 * @param {readonly {label: Label, threshold: number}[]} ofServer
 * @returns {Thresholds}
 */
export function thresholdsOf(settings, ofServer) {
  /** @type {Thresholds} */
  const thresholds = {};
  for (const { label, threshold } of ofServer) {
    if (settings.labels.includes(label)) {
      thresholds[label] = settings.thresholds[label] ?? threshold;
    }
  }
  return thresholds;
}

/**
 * An address is kept as it will be used, so that two ways to write it are the same.
 *
 * @param {unknown} value
 */
function server(value) {
  const typed = text(value);
  if (!typed) return typed;
  try {
    return readAddress(typed, { ports: true }).base;
  } catch {
    return typed; // why it cannot be used is told where it is used
  }
}

/** @param {unknown} value */
function text(value) {
  return typeof value === "string" ? value.trim() : undefined;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isThreshold(value) {
  return typeof value === "number" && value >= 0 && value <= 1;
}

/**
 * @template T
 * @param {unknown} value
 * @param {(one: unknown) => one is T} fits
 * @returns {Partial<Record<Label, T>> | undefined}
 */
function perLabel(value, fits) {
  if (typeof value !== "object" || value === null) return undefined;
  /** @type {Partial<Record<Label, T>>} */
  const kept = {};
  for (const label of LABELS) {
    const one = /** @type {Record<string, unknown>} */ (value)[label];
    if (fits(one)) kept[label] = one;
  }
  return kept;
}
