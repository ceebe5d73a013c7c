/**
 * The address of a server, as people type it.
 *
 * @typedef {object} Address
 * @property {string} base  without a slash at its end; paths such as `/v1/info` follow it
 * @property {string} pattern  the browser's permission for this address and no other
 * @property {boolean} isOpen  whether what is sent can be read on its way
 */

const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;
/** As `URL` writes it; some browsers let blanks and other characters through. */
const HOST = /^([\w-]+(\.[\w-]+)*\.?|\[[\da-f:.]+\])$/;
const LOCAL = /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/;

/** Why an address cannot be used; its message is for people. */
export class AddressProblem extends Error {}

/**
 * Read an address. Without a scheme it is `http` on this machine and `https` elsewhere.
 *
 * @param {string} typed
 * @param {{ports: boolean}} patterns  whether this browser's match patterns know ports (Firefox's
 *   do not: there the permission is for all ports of the host)
 * @returns {Address}
 * @throws {AddressProblem}
 */
export function readAddress(typed, patterns) {
  const text = typed.trim();
  if (!text) throw new AddressProblem("Enter the address of a Sayso server.");
  const host = text.replace(SCHEME, "").replace(/[/?#].*$/s, "").replace(/:\d+$/, "");
  const guess = LOCAL.test(host.toLowerCase()) ? "http://" : "https://";
  const url = URL.parse(SCHEME.test(text) ? text : guess + text);
  if (!url || !HOST.test(url.hostname)) {
    throw new AddressProblem("This is no web address. One looks like https://sayso.example.org.");
  }
  if (url.protocol !== "https:" && url.protocol !== "http:") {
    throw new AddressProblem("The address must begin with https:// or http://.");
  }
  if (url.username || url.password) {
    throw new AddressProblem("Leave the name and the password out. A key has a field of its own.");
  }
  if (url.search || url.hash) {
    throw new AddressProblem("Leave out what follows the ? or the # in the address.");
  }
  const port = patterns.ports && url.port ? `:${url.port}` : "";
  return {
    base: url.origin + url.pathname.replace(/\/+$/, ""),
    pattern: `${url.protocol}//${url.hostname}${port}/*`,
    isOpen: url.protocol === "http:" && !LOCAL.test(url.hostname),
  };
}
