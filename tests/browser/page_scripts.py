"""Scripts of the highlighter's tests inside a page. They leave no trace in the document."""

from playwright.sync_api import Page

TOOLS = """
async () => {
  const load = (name) => import(`/web/highlighter/${name}.js`);
  const modules = ["article", "collect", "highlight_styles", "paint", "findings", "watch"];
  const sayso = Object.assign({}, ...await Promise.all(modules.map(load)));
  sayso.painter = new sayso.Painter();
  sayso.root = () => sayso.findArticle(document);
  sayso.take = () => (sayso.collected = sayso.collect(sayso.root()));
  sayso.mark = async (sentences, thresholds) => {
    const { text } = sayso.collected;
    sayso.sentences = sentences;
    await sayso.painter.paint(sayso.collected, sayso.findFindings(sentences, text, thresholds));
  };
  sayso.offsetOf = (node, offset) => {
    const segment = sayso.collected.segments.find(({ node: other, start, end, from }) =>
      other === node && from <= offset && offset < from + end - start);
    return segment ? segment.start + offset - segment.from : null;
  };
  // Every painted range of the page and its frames: name, words, and where it begins.
  sayso.painted = () => {
    const registries = [CSS.highlights];
    for (const frame of document.querySelectorAll("iframe")) {
      if (frame.contentDocument) registries.push(frame.contentWindow.CSS.highlights);
    }
    return registries.flatMap((registry) => [...registry].flatMap(([name, highlight]) =>
      [...highlight].map((range) => ({
        name,
        words: range.toString(),
        start: sayso.offsetOf(range.startContainer, range.startOffset),
        shown: range.getClientRects().length > 0,
      }))));
  };
  // The whole document with shadow roots and frames, as text.
  sayso.source = () => {
    const roots = [...document.querySelectorAll("*")].map((one) => one.shadowRoot).filter(Boolean);
    const frames = [...document.querySelectorAll("iframe")].map((one) => one.contentDocument);
    const inner = frames.filter(Boolean).map((one) => one.documentElement.outerHTML);
    const html = document.documentElement.getHTML({ shadowRoots: roots });
    return [document.documentElement.outerHTML, html, ...inner].join("\\0");
  };
  sayso.changes = 0;
  new MutationObserver((all) => (sayso.changes += all.length)).observe(document, {
    subtree: true, childList: true, attributes: true, characterData: true });
  globalThis.sayso = sayso;
}
"""


def collected(page: Page) -> str:
    text: str = page.evaluate("() => sayso.take().text")
    return text


def utf16(text: str, start: int, end: int) -> str:
    """`text[start:end]` where offsets count UTF-16 code units."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")
