/** Of a window's height: a taller element is scrolled to its words instead. */
const TALL = 0.6;

/**
 * Scroll to a range, and let keyboard and screen reader go on from there.
 *
 * @param {Range} range
 */
export function scrollToRange(range) {
  const element = range.startContainer.parentElement;
  const page = range.startContainer.ownerDocument;
  const view = page?.defaultView;
  if (!element || !page || !view) return;
  const isReduced = view.matchMedia("(prefers-reduced-motion: reduce)").matches;
  const behavior = isReduced ? "instant" : "smooth";
  if (element.getBoundingClientRect().height <= TALL * view.innerHeight) {
    element.scrollIntoView({ behavior, block: "center", inline: "nearest" });
  } else {
    const middle = range.getBoundingClientRect().top - view.innerHeight / 2;
    view.scrollBy({ top: middle, behavior });
  }
  // A caret at the words: from here the Tab key and a screen reader go on. Nothing is selected.
  page.getSelection()?.collapse(range.startContainer, range.startOffset);
}
