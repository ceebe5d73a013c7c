/** Whether this is the build for Firefox: set by build.mjs. */
declare const FIREFOX: boolean;

/** What of Firefox's own namespace is used here; `chrome` holds the rest in both browsers. */
declare var browser: { sidebarAction: { open(): Promise<void> } } | undefined;

interface Element {
  /** Firefox shows content scripts closed shadow roots too. */
  readonly openOrClosedShadowRoot?: ShadowRoot | null;
}
