import ipaddr from 'ipaddr.js';

/** The address is not one that may be fetched from. The message is for the caller and names no address. */
export class SourceForbidden extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SourceForbidden';
  }
}

const HOST_AND_PORT = /^([a-z\d.-]+|\[?[\da-f:]*:[\da-f:]*\]?):(\d{1,5})$/i;
const WEB_PORTS = new Set([80, 443]);
const FIRST_UNPRIVILEGED_PORT = 1024;
const DEFAULT_PORTS = new Map([
  ['http:', 80],
  ['https:', 443],
]);
/** IPv6 addresses that stand for an IPv4 one: what they reach is judged, and NAT64 hides where that is. */
const TRANSITIONAL = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052', '6to4', 'teredo']);

/** True for globally routed unicast addresses and nothing else. */
function isPublicIp(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const range = address.range();
  if (TRANSITIONAL.has(range)) return false;
  // Outside of 2000::/3 nothing is routed globally: neither local NAT64 (64:ff9b:1::/48, RFC 8215) nor ::/96.
  if (address.kind() === 'ipv6' && !/^[23][\da-f]{3}:/.test(address.toString())) return false;
  return range === 'unicast';
}

/** IPv6 addresses have brackets in a URL and none elsewhere. */
const bare = (host: string) => host.replace(/^\[(.*)\]$/, '$1');

/** The host, bare, and the port that is meant. */
function endpointOf(url: URL): { hostname: string; port: number } {
  return {
    hostname: bare(url.hostname),
    port: url.port === '' ? (DEFAULT_PORTS.get(url.protocol) ?? 0) : Number(url.port),
  };
}

/** `host:port` in the one spelling an address is compared in: `[0::1]:80` is `::1:80`. Null: it is none. */
export function readEndpoint(text: string): string | null {
  const [, host, port] = HOST_AND_PORT.exec(text) ?? [];
  if (host === undefined) return null;
  const url = URL.parse(`http://${host.includes(':') ? `[${bare(host)}]` : host}:${port}`);
  return url && url.port !== '0' ? spelled(endpointOf(url)) : null;
}

const spelled = ({ hostname, port }: { hostname: string; port: number }) => `${hostname}:${port}`;

/**
 * Addresses to connect to for `url`. All that its name resolves to must be public, or an attacker's name
 * would only need one that is; connect to these, for asking again may have another answer.
 *
 * @param allowedHosts what `readEndpoint` answers, of hosts that may be anywhere
 * @throws SourceForbidden
 */
export async function resolveSource(
  url: URL,
  {
    allowedHosts,
    resolve,
  }: { allowedHosts: ReadonlySet<string>; resolve: (hostname: string) => Promise<string[]> },
): Promise<string[]> {
  if (!DEFAULT_PORTS.has(url.protocol))
    throw new SourceForbidden('Only http and https URLs can be imported.');
  if (url.username !== '' || url.password !== '') {
    throw new SourceForbidden('The URL must not contain a user name or password.');
  }
  const endpoint = endpointOf(url);
  const { hostname, port } = endpoint;
  const mediaUrls = ipaddr.isValid(hostname) ? [hostname] : await resolve(hostname);
  if (allowedHosts.has(spelled(endpoint))) return mediaUrls;
  if (!WEB_PORTS.has(port) && port < FIRST_UNPRIVILEGED_PORT) {
    throw new SourceForbidden(`Port ${port} is not allowed.`);
  }
  if (!mediaUrls.every(isPublicIp)) {
    throw new SourceForbidden('The URL does not resolve to a public address.');
  }
  return mediaUrls;
}
