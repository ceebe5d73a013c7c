/**
 * The address of a server, as people type it.
 *
 * @typedef {object} Address
 * @property {string} base  without a slash at its end; paths such as `/v1/info` follow it
 * @property {string} pattern  the browser's permission for this address and no other
 * @property {boolean} isInsecure  whether others can read requests on their way
 */

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** As `URL` writes it; some browsers accept blanks and other characters. */
const HOST = /^([\w-]+(\.[\w-]+)*\.?|\[[\da-f:.]+\])$/;
const LOCAL = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** An address that cannot be used; the message is for people. */
export class AddressError extends Error {}

/**
 * Read an address. Without a scheme it is `http` on this machine and `https` elsewhere.
 *
 * @param {string} typed
 * @param {{ports: boolean}} patterns  whether this browser's match patterns know ports (Firefox's
 *   do not: there the permission is for all ports of the host)
 * @returns {Address}
 * @throws {AddressError}
 */
export function readAddress(typed, patterns) {
  const text = typed.trim();
  if (!text) throw new AddressError("Enter the address of a Sayso server.");
  const host = text.replace(SCHEME, "").replace(/[/?#].*$/s, "").replace(/:\d+$/, "");
  const guess = LOCAL.test(host.toLowerCase()) ? "http://" : "https://";
  const url = URL.parse(SCHEME.test(text) ? text : guess + text);
  if (!url || !HOST.test(url.hostname)) {
    throw new AddressError("This is not a web address. Example: https://sayso.example.org.");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new AddressError("The address must begin with https:// or http://.");
  }
  if (url.username || url.password) {
    throw new AddressError("Remove the name and the password. A key has a field of its own.");
  }
  if (url.search || url.hash) {
    throw new AddressError("Remove the ? or the # from the address, and the rest behind it.");
  }
  const port = patterns.ports && url.port ? `:${url.port}` : "";
  return {
    base: url.origin + url.pathname.replace(/\/+$/, ""),
    pattern: `${url.protocol}//${url.hostname}${port}/*`,
    isInsecure: url.protocol === "http:" && !LOCAL.test(url.hostname),
  };
}

/**
 * The same, but null for an address that cannot be used.
 *
 * @param {string} typed
 * @param {{ports: boolean}} patterns
 */
export function tryAddress(typed, patterns) {
  try {
    return readAddress(typed, patterns);
  } catch {
    return null;
  }
}
