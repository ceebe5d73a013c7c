/** Where on a page the article is. Reads, never writes. */

/** How much of the page's paragraphs the article holds at least. */
const SHARE = 0.6;
const MARKED_UP = ["article, [role=article], [itemprop~=articleBody]", "main, [role=main]"];

/**
 * The element that holds the article: the smallest `article` that holds most of the page's
 * paragraphs, else such a `main`, else the smallest element of any kind that does.
 *
 * @param {Document} page
 * @returns {Element}
 */
export function findArticle(page) {
  const body = page.body ?? page.documentElement;
  const weights = weigh(body);
  const whole = weights.get(body) ?? 0;
  if (!whole) return page.querySelector(MARKED_UP[0]) ?? page.querySelector(MARKED_UP[1]) ?? body;
  const heavy = [...weights].filter(([, weight]) => weight >= SHARE * whole);
  for (const selector of MARKED_UP) {
    const found = lightest(heavy.filter(([element]) => element.matches(selector)));
    if (found) return found;
  }
  return lightest(heavy) ?? body;
}

/**
 * How much text the rendered paragraphs below each element have.
 *
 * @param {Element} body
 * @returns {Map<Element, number>}
 */
function weigh(body) {
  /** @type {Map<Element, number>} */
  const weights = new Map();
  for (const paragraph of body.querySelectorAll("p, blockquote, li, h1, h2, h3")) {
    const isRead = paragraph.localName === "p" || !paragraph.querySelector("p, a");
    if (!isRead || !paragraph.checkVisibility()) continue;
    const weight = paragraph.textContent.trim().length;
    /** @type {Element | null} */
    let above = paragraph.parentElement;
    for (; above && body.contains(above); above = above.parentElement) {
      weights.set(above, (weights.get(above) ?? 0) + weight);
    }
  }
  return weights;
}

/**
 * The one with least text; of equals the innermost.
 *
 * @param {[Element, number][]} weighed
 * @returns {Element | undefined}
 */
function lightest(weighed) {
  /** @type {[Element, number] | undefined} */
  let best;
  for (const one of weighed) {
    if (!best || one[1] < best[1] || (one[1] === best[1] && best[0].contains(one[0]))) best = one;
  }
  return best?.[0];
}
