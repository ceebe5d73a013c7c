/**
 * The reader's settings, an organisation's, and the effective ones.
 *
 * @import { Thresholds } from "../../sayso/web/highlighter/types.js"
 * @import { Label } from "../../sayso/web/shared/labels.js"
 */

import { isColour } from "../../sayso/web/shared/custom_colours.js";
import { LABELS } from "../../sayso/web/shared/labels.js";
import { tryAddress } from "./address.js";

/**
 * @typedef {object} Settings
 * @property {string} server  its address; "" if none is chosen
 * @property {string} key  "" if the server needs none
 * @property {Label[]} labels  that are marked
 * @property {Thresholds} thresholds  the reader's own, in place of the server's
 * @property {Partial<Record<Label, string>>} colours  the reader's own, such as "#0063a6"
 * @property {boolean} follow  whether new text of a marked page is sent without another click
 *
 * @typedef {keyof Settings} SettingName
 *
 * @typedef {object} EffectiveSettings
 * @property {Settings} settings
 * @property {Settings} base  the settings if the reader had chosen nothing
 * @property {SettingName[]} locked  by the organisation: the reader cannot change them
 * @property {SettingName[]} managed  set by the organisation
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
 * The organisation's settings if it has locked them, else the reader's, else the organisation's,
 * else the defaults. Invalid values are ignored.
 *
 * @param {Record<string, unknown>} own  as the reader saved them
 * @param {Record<string, unknown>} policy  of the browser, with a list `locked`
 * @returns {EffectiveSettings}
 */
export function effective(own, policy) {
  const organisations = readSettings(policy);
  const managed = /** @type {SettingName[]} */ (Object.keys(organisations));
  const names = Array.isArray(policy.locked) ? policy.locked : [];
  const locked = SETTING_NAMES.filter((name) => names.includes(name));
  const chosen = readSettings(own);
  for (const name of locked) delete chosen[name];
  const base = { ...DEFAULTS, ...organisations };
  const settings = { ...base, ...chosen };
  if (chosen.key === undefined) settings.key = keyFor(settings.server, base);
  return { settings, base, locked, managed };
}

/**
 * The organisation's key, but only for its own server, if it has set one.
 *
 * @param {string} server
 * @param {Settings} base
 */
export function keyFor(server, base) {
  return !base.server || server === base.server ? base.key : "";
}

/**
 * The chosen settings that are the reader's own: those that differ from the settings without any
 * choice. So a later change by the organisation reaches all who never chose otherwise.
 *
 * @param {Settings} chosen
 * @param {EffectiveSettings} now
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
 * The stored values that are valid settings.
 *
 * @param {Record<string, unknown>} stored
 * @returns {Partial<Settings>}
 */
export function readSettings(stored) {
  const found = SETTING_NAMES.map((name) => [name, READERS[name](stored[name])]);
  return Object.fromEntries(found.filter(([, value]) => value !== undefined));
}

/**
 * The thresholds of the labels that are marked: the reader's own, else the server's.
 *
 * @param {Settings} settings
 * @param {readonly {label: Label, threshold: number}[]} serverLabels
 * @returns {Thresholds}
 */
export function thresholdsOf(settings, serverLabels) {
  const marked = serverLabels.filter(({ label }) => settings.labels.includes(label));
  return Object.fromEntries(
    marked.map(({ label, threshold }) => [label, settings.thresholds[label] ?? threshold]),
  );
}

/**
 * An address as it will be used, so that two ways to write it are the same.
 *
 * @param {unknown} value
 */
function server(value) {
  const typed = text(value);
  // An error is shown when the address is used.
  return typed && (tryAddress(typed, { ports: true })?.base ?? typed);
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
 * @param {(value: unknown) => value is T} isValid
 * @returns {Partial<Record<Label, T>> | undefined}
 */
function perLabel(value, isValid) {
  if (typeof value !== "object" || value === null) return undefined;
  const values = /** @type {Record<string, unknown>} */ (value);
  const entries = LABELS.map((label) => [label, values[label]]);
  return Object.fromEntries(entries.filter(([, ofLabel]) => isValid(ofLabel)));
}
