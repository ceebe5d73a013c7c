/** The one source of both manifests. */

import { LABELS, LABEL_INFO } from "../sayso/web/shared/labels.js";

const ICONS = Object.fromEntries([16, 32, 48, 128].map((size) => [size, `icon-${size}.png`]));

const NAMES = new Intl.ListFormat("en-GB").format(LABELS.map((label) => LABEL_INFO[label].name));
/** Pages of the extension load their own files only; the worker asks the reader's server. */
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; " +
  "connect-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/**
 * @param {"chromium" | "firefox"} browser
 * @param {string} version
 * @returns {Record<string, unknown>}
 */
export function manifest(browser, version) {
  const shared = {
    manifest_version: 3,
    name: "Sayso",
    version,
    description:
      `Marks ${NAMES} in the article in the open tab, through a Sayso server of your choice.`,
    icons: ICONS,
    action: { default_title: "Mark this page", default_icon: ICONS },
    commands: {
      _execute_action: { suggested_key: { default: "Alt+Shift+M" } },
      clear: {
        suggested_key: { default: "Alt+Shift+U" },
        description: "Remove the marks",
      },
    },
    permissions: ["activeTab", "scripting", "storage"],
    optional_host_permissions: ["http://*/*", "https://*/*"],
    options_ui: { page: "options.html", open_in_tab: true },
    content_security_policy: { extension_pages: POLICY },
  };
  if (browser === "chromium") {
    return {
      ...shared,
      minimum_chrome_version: "126",
      permissions: [...shared.permissions, "sidePanel"],
      background: { service_worker: "background.js" },
      side_panel: { default_path: "panel.html" },
      storage: { managed_schema: "managed_schema.json" },
    };
  }
  return {
    ...shared,
    background: { scripts: ["background.js"] },
    sidebar_action: {
      default_panel: "panel.html",
      default_title: "Sayso",
      default_icon: ICONS,
      open_at_install: false,
    },
    browser_specific_settings: {
      gecko: {
        id: "sayso@sayso.example.org",
        strict_min_version: "142.0",
        data_collection_permissions: { required: ["websiteContent"] },
      },
    },
  };
}
