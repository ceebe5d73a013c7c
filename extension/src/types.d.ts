/** Whether this is the build for Firefox: set by build.mjs. */
declare const FIREFOX: boolean;

/** The part of Firefox's own namespace that is used here; `chrome` has the rest in both browsers. */
declare var browser: { sidebarAction: { open(): Promise<void> } } | undefined;

interface Element {
  /** Firefox shows closed shadow roots to content scripts. */
  readonly openOrClosedShadowRoot?: ShadowRoot | null;
}
