/**
 * Lines of JSON from a stream of bytes, each as soon as it has arrived.
 *
 * Throws at a line that is not JSON; a last line without its newline counts.
 *
 * @param {ReadableStream<Uint8Array>} stream
 * @returns {AsyncGenerator<any, void, void>}
 */
export async function* readNdjson(stream) {
  const reader = stream.getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const lines = (rest + decoder.decode(value, { stream: !done })).split("\n");
      rest = done ? "" : /** @type {string} */ (lines.pop());
      for (const line of lines) if (line.trim()) yield JSON.parse(line);
      if (done) return;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
