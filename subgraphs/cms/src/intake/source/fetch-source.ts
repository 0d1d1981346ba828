import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import { SourceForbidden, resolveSource } from './resolve-source.ts';

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 16_384;

/** The source did not send the file. The message is for the caller and contains no IP address. */
export class SourceUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceUnreachable';
  }
}

export interface SourceResponse extends AsyncDisposable {
  /** The final URL, after redirects. */
  readonly url: URL;
  /** Null if the source does not state it. */
  readonly byteSize: number | null;
  readonly contentType: string;
  readonly contentDisposition: string | null;
  /** Fails with SourceUnreachable. */
  readonly body: Readable;
}

/** The IP addresses of a host, from the system's resolver. */
const resolveName = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * Fetches from public IP addresses only. Each host, also of a redirect, is resolved once, and the
 * connection uses the result.
 * @param resolve fails if the host does not exist
 */
export function createSourceFetcher({
  allowedHosts,
  resolve = resolveName,
}: {
  allowedHosts: ReadonlySet<string>;
  resolve?: (hostname: string) => Promise<string[]>;
}) {
  const resolveOrFail = async (hostname: string) => {
    try {
      const addresses = await resolve(hostname);
      if (addresses.length > 0) return addresses;
    } catch (cause) {
      throw new SourceUnreachable('The host name cannot be resolved.', { cause });
    }
    throw new SourceUnreachable('The host name cannot be resolved.');
  };

  /** A slow name server counts as well. */
  async function ipsOf(url: URL, signal: AbortSignal): Promise<string[]> {
    try {
      return await unlessAborted(
        resolveSource(url, { allowedHosts, resolve: resolveOrFail }),
        signal,
      );
    } catch (error) {
      if (error === signal.reason) throw new SourceUnreachable(TOO_SLOW, { cause: error });
      throw error;
    }
  }

  /** @throws SourceForbidden, SourceUnreachable */
  return async function fetchSource(from: URL, signal: AbortSignal): Promise<SourceResponse> {
    let url = from;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const agent = agentConnectingTo(await ipsOf(url, signal));
      try {
        const response = await get(url, agent, signal);
        const target = targetOf(response, url);
        if (!target) return toSource(response, { url, agent });
        await agent.destroy();
        url = target;
      } catch (error) {
        await agent.destroy();
        throw error;
      }
    }
    throw new SourceUnreachable(`The source redirects more than ${MAX_REDIRECTS} times.`);
  };
}
export type SourceFetcher = ReturnType<typeof createSourceFetcher>;

/** Connects to `addresses`, whatever host is requested. */
function agentConnectingTo(addresses: readonly string[]): Agent {
  const pinned = addresses.map((address) => ({ address, family: isIP(address) }));
  const [first] = pinned;
  return new Agent({
    maxHeaderSize: MAX_HEADER_BYTES,
    connect: {
      timeout: CONNECT_TIMEOUT_MS,
      lookup: (_hostname, { all }, callback) => {
        if (all) callback(null, pinned);
        else callback(null, first?.address ?? '', first?.family);
      },
    },
  });
}

async function get(url: URL, dispatcher: Agent, signal: AbortSignal) {
  try {
    return await request(url, {
      dispatcher,
      signal,
      headers: { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'media-import' },
    });
  } catch (cause) {
    throw new SourceUnreachable(signal.aborted ? TOO_SLOW : 'The source does not respond.', {
      cause,
    });
  }
}

/**
 * The target of a redirect; null for the file itself.
 * @throws for other responses
 */
function targetOf({ statusCode, headers }: Dispatcher.ResponseData, from: URL): URL | null {
  const { location } = headers;
  if ([301, 302, 303, 307, 308].includes(statusCode) && typeof location === 'string') {
    const target = URL.parse(location, from.href);
    if (!target) throw new SourceUnreachable('The source redirects to an invalid URL.');
    if (from.protocol === 'https:' && target.protocol !== 'https:') {
      throw new SourceForbidden('The source redirects from https to http.');
    }
    return target;
  }
  if (statusCode !== 200)
    throw new SourceUnreachable(`The source responded with status ${statusCode}.`);
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new SourceUnreachable('The source sent a compressed response, which is not supported.');
  return null;
}

function toSource(
  { headers, body }: Dispatcher.ResponseData,
  { url, agent }: { url: URL; agent: Agent },
): SourceResponse {
  const header = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const length = header('content-length');
  body.on('error', () => {}); // Reported to the reader, if there is one.
  return {
    url,
    byteSize: length === null ? null : Number(length),
    contentType: header('content-type') ?? '',
    contentDisposition: header('content-disposition'),
    body: Readable.from(withTransferErrors(body), { objectMode: false }),
    async [Symbol.asyncDispose]() {
      await agent.destroy();
    },
  };
}

async function* withTransferErrors(body: AsyncIterable<Uint8Array>) {
  try {
    yield* body;
  } catch (cause) {
    throw new SourceUnreachable('The transfer from the source was interrupted or took too long.', {
      cause,
    });
  }
}

const TOO_SLOW = 'The source took too long to respond.';
