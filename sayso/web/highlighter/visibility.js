/** The elements of a page that are read, and how they break the text. */

/** Elements that hold no prose. */
export const EXCLUDED = [
  ..."script style noscript template head title".split(" "),
  ..."code pre kbd samp".split(" "),
  ..."button input select textarea option optgroup datalist label legend output".split(" "),
  ..."meter progress object embed canvas video audio map svg math rt rp nav dialog".split(" "),
  ..."button textbox searchbox combobox navigation search dialog alertdialog menu toolbar"
    .split(" ")
    .map((role) => `[role=${role}]`),
].join();
/** Sections of readers' comments below an article. */
export const COMMENTS =
  "#comments, #comment-section, #disqus_thread, .comments, .comments-area, .comments-section, " +
  ".comment-section, .comment-list, [itemprop~=comment]";
/** `<sup><a>[3]</a></sup>`: the number of a footnote is not a word of the sentence. */
const FOOTNOTE = /^\s*[[(]?(\d{1,3}|[a-z*†‡])[\])]?\s*$/;

/**
 * @typedef {object} Rendering
 * @property {boolean} block  whether it begins and ends a line
 * @property {boolean} visible  whether text directly in it shows; inner elements may differ
 * @property {"collapse" | "keep" | "lines"} spaces  how white space is treated; "lines": only
 *   newlines are kept
 */

/**
 * How an element is rendered; null if it is left out with all that is in it.
 *
 * @param {Element} element
 * @param {boolean} isRoot  the root is read in any case
 * @returns {Rendering | null}
 */
export function renderingOf(element, isRoot = false) {
  const style = element.ownerDocument.defaultView?.getComputedStyle(element);
  if (!style || style.display === "none" || style.contentVisibility === "hidden") return null;
  if (!isRoot && (isExcluded(element) || isOutOfFlow(element, style))) return null;
  const isInline = /^(inline|contents|ruby)/.test(style.display);
  const isDropCap = () => style.float !== "none" && element.textContent.trim().length <= 2;
  return {
    block: !isInline && !isDropCap(),
    visible: style.visibility === "visible" && style.fontSize !== "0px",
    spaces: spacesOf(style),
  };
}

/** @param {Element} element */
function isExcluded(element) {
  const name = element.localName;
  if (element.matches(EXCLUDED)) return true;
  if (/** @type {HTMLElement} */ (element).isContentEditable) return true;
  // The outermost element of comments: inside comments that are the root nothing is left out.
  if (element.matches(COMMENTS) && !element.parentElement?.closest(COMMENTS)) return true;
  // Some old sites wrap the whole page in a form.
  if (name === "form") return element.querySelectorAll("p").length <= 2;
  const isLink = name === "sup" && element.querySelector("a") !== null;
  return isLink && FOOTNOTE.test(element.textContent);
}

/**
 * Text that is laid over the page, or is there for screen readers only.
 *
 * @param {Element} element
 * @param {CSSStyleDeclaration} style
 */
function isOutOfFlow(element, style) {
  if (style.position === "fixed") return true;
  if (style.position !== "absolute") return false;
  const isTiny = element.clientWidth <= 1 && element.clientHeight <= 1;
  const isClipped = style.clip !== "auto" || /inset\((50|100)%/.test(style.clipPath);
  return isClipped || (isTiny && style.overflow !== "visible") || parseFloat(style.left) < -999;
}

/**
 * @param {CSSStyleDeclaration} style
 * @returns {Rendering["spaces"]}
 */
function spacesOf(style) {
  const own = /** @type {any} */ (style).whiteSpaceCollapse ?? style.whiteSpace;
  if (/^(preserve-breaks|pre-line)/.test(own)) return "lines";
  return /^(pre|break-spaces)/.test(own) ? "keep" : "collapse";
}
