import ipaddr from 'ipaddr.js';

/** The URL must not be fetched. The message is for the caller and contains no IP address. */
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
/**
 * IPv6 addresses that represent an IPv4 address. They are rejected, because NAT64 hides the real
 * target.
 */
const TRANSITIONAL = new Set(['ipv4Mapped', 'rfc6145', 'rfc6052', '6to4', 'teredo']);

/** True only for globally routed unicast IP addresses. */
function isPublicIp(text: string): boolean {
  if (!ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const range = address.range();
  if (TRANSITIONAL.has(range)) return false;
  // Outside 2000::/3 nothing is routed globally, for example local NAT64 (64:ff9b:1::/48, RFC 8215)
  // and ::/96.
  if (address.kind() === 'ipv6' && !/^[23][\da-f]{3}:/.test(address.toString())) return false;
  return range === 'unicast';
}

/** IPv6 addresses have brackets only in URLs. */
const withoutBrackets = (host: string) => host.replace(/^\[(.*)\]$/, '$1');

/** The host without brackets, and the port, also if it is the default. */
function endpointIn(url: URL): { hostname: string; port: number } {
  return {
    hostname: withoutBrackets(url.hostname),
    port: url.port === '' ? (DEFAULT_PORTS.get(url.protocol) ?? 0) : Number(url.port),
  };
}

/** `host:port` in canonical form: `[0::1]:80` becomes `::1:80`. Null if it is invalid. */
export function readEndpoint(text: string): string | null {
  const [, host, port] = HOST_AND_PORT.exec(text) ?? [];
  if (host === undefined) return null;
  const url = URL.parse(
    `http://${host.includes(':') ? `[${withoutBrackets(host)}]` : host}:${port}`,
  );
  return url && url.port !== '0' ? formatEndpoint(endpointIn(url)) : null;
}

const formatEndpoint = ({ hostname, port }: { hostname: string; port: number }) =>
  `${hostname}:${port}`;

/**
 * The IP addresses to connect to for `url`. All of them must be public: an attacker's host could
 * mix public and private ones. Connect to these: a second lookup may return others.
 *
 * @param allowedHosts `host:port` as `readEndpoint` returns it, of hosts that need not be public
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
  const endpoint = endpointIn(url);
  const { hostname, port } = endpoint;
  const addresses = ipaddr.isValid(hostname) ? [hostname] : await resolve(hostname);
  if (allowedHosts.has(formatEndpoint(endpoint))) return addresses;
  if (!WEB_PORTS.has(port) && port < FIRST_UNPRIVILEGED_PORT) {
    throw new SourceForbidden(`Port ${port} is not allowed.`);
  }
  if (!addresses.every(isPublicIp)) {
    throw new SourceForbidden('The URL does not resolve to a public address.');
  }
  return addresses;
}
