import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { LABELS } from "../../sayso/web/shared/labels.js";
import { DEFAULTS, SETTING_NAMES, effective, ownOf, readSettings, thresholdsOf } from "../src/settings.js";


test("without any choice the defaults hold", () => {
  const now = { settings: DEFAULTS, base: DEFAULTS, locked: [], managed: [] };
  assert.deepEqual(effective({}, {}), now);
});

test("the reader's choice comes before the organisation's", () => {
  const { settings } = effective({ follow: true }, { server: "https://ours", follow: false });
  assert.equal(settings.server, "https://ours");
  assert.equal(settings.follow, true);
});

test("an address is the same however it is written", () => {
  const { settings } = effective({}, { server: "Ours.example.org/", key: "k" });
  assert.equal(settings.server, "https://ours.example.org");
  assert.equal(settings.key, "k");
});

test("the organisation's key goes to its own server only", () => {
  const set = { server: "https://ours", key: "k" };
  assert.equal(effective({}, set).settings.key, "k");
  assert.equal(effective({ server: "https://mine" }, set).settings.key, "");
  assert.equal(effective({ server: "https://mine", key: "m" }, set).settings.key, "m");
  assert.equal(effective({ server: "https://mine" }, { key: "k" }).settings.key, "k");
});

test("a locked setting is the organisation's", () => {
  const own = { server: "https://mine", follow: true };
  const set = { server: "https://ours", locked: ["server", "follow", "unheard_of"] };
  const { settings, locked, managed } = effective(own, set);
  assert.equal(settings.server, "https://ours");
  assert.equal(settings.follow, false);
  assert.deepEqual(locked, ["server", "follow"]);
  assert.deepEqual(managed, ["server"]);
});

test("only settings that differ from those without a choice are the reader's own", () => {
  const now = effective({}, { server: "https://ours", key: "k", locked: ["key"] });
  const chosen = { ...now.settings, key: "other", colours: { hedging: "#0063a6" } };
  assert.deepEqual(ownOf(chosen, now), { colours: { hedging: "#0063a6" } });
});

test("invalid values are ignored", () => {
  const stored = {
    server: 7,
    labels: ["hedging", "spin"],
    thresholds: { hedging: 2, loaded_framing: 0.4 },
    colours: { hedging: "red", loaded_framing: "#aa0000" },
    follow: "yes",
    more: 1,
  };
  assert.deepEqual(readSettings(stored), {
    labels: ["hedging"],
    thresholds: { loaded_framing: 0.4 },
    colours: { loaded_framing: "#aa0000" },
  });
});

test("thresholds are the reader's, else the server's, of the labels that are marked", () => {
  const settings = { ...DEFAULTS, labels: LABELS.slice(0, 2), thresholds: { hedging: 0.9 } };
  const serverLabels = LABELS.map((label) => ({ label, threshold: 0.5 }));
  assert.deepEqual(thresholdsOf(settings, serverLabels), {
    hedging: 0.9,
    unverified_attribution: 0.5,
  });
});

test("the schema for organisations names the same settings and labels", () => {
  const file = new URL("../managed_schema.json", import.meta.url);
  const { properties } = JSON.parse(readFileSync(file, "utf-8"));
  assert.deepEqual(properties.labels.items.enum, LABELS);
  assert.deepEqual(Object.keys(properties.thresholds.properties), LABELS);
  assert.deepEqual(Object.keys(properties.colours.properties), LABELS);
  assert.deepEqual(Object.keys(properties), [...SETTING_NAMES, "locked"]);
  assert.deepEqual(properties.locked.items.enum, SETTING_NAMES);
});
