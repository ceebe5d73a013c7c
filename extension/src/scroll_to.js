/**
 * Bring words of the page into view.
 */

/** Of a window's height: an element that is taller is scrolled to its words instead. */
const TALL = 0.6;

/**
 * Scroll to where a range stands, and let keyboard and screen reader go on from there.
 *
 * @param {Range} range
 */
export function reveal(range) {
  const element = range.startContainer.parentElement;
  const page = range.startContainer.ownerDocument;
  const view = page?.defaultView;
  if (!element || !page || !view) return;
  const isCalm = view.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = isCalm ? "instant" : "smooth";
  if (element.getBoundingClientRect().height <= TALL * view.innerHeight) {
    element.scrollIntoView({ behavior, block: "center", inline: "nearest" });
  } else {
    const middle = range.getBoundingClientRect().top - view.innerHeight / 2;
    view.scrollBy({ top: middle, behavior });
  }
  // A caret at the words: from here the Tab key and a screen reader go on. Nothing is selected.
  page.getSelection()?.collapse(range.startContainer, range.startOffset);
}
