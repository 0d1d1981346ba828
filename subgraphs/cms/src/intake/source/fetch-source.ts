import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { Readable } from 'node:stream';
import { Agent, type Dispatcher, request } from 'undici';
import { unlessAborted } from '../../platform/unless-aborted.ts';
import { SourceForbidden, resolveSource } from './resolve-source.ts';

const MAX_REDIRECTS = 5;
const CONNECT_TIMEOUT_MS = 5_000;
const MAX_HEADER_BYTES = 16_384;

/** It did not give us the file. The message is for the caller and names no address. */
export class SourceUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceUnreachable';
  }
}

export interface SourceResponse extends AsyncDisposable {
  /** Where it was in the end, after redirects. */
  readonly url: URL;
  /** Null when the source does not say. */
  readonly byteSize: number | null;
  readonly contentType: string;
  readonly contentDisposition: string | null;
  /** Fails with SourceUnreachable. */
  readonly body: Readable;
}

/** Addresses of a name, as the system knows them. */
const resolveName = async (hostname: string): Promise<string[]> =>
  (await lookup(hostname, { all: true })).map(({ address }) => address);

/**
 * Fetches from public addresses only, each looked up once and then connected to, redirects too.
 * @param resolve fails when there is no such name
 */
export function createSourceFetcher({
  allowedHosts,
  resolve = resolveName,
}: {
  allowedHosts: ReadonlySet<string>;
  resolve?: (hostname: string) => Promise<string[]>;
}) {
  const known = async (hostname: string) => {
    try {
      const mediaUrls = await resolve(hostname);
      if (mediaUrls.length > 0) return mediaUrls;
    } catch (cause) {
      throw new SourceUnreachable('The host name cannot be resolved.', { cause });
    }
    throw new SourceUnreachable('The host name cannot be resolved.');
  };

  /** A name server may be slow as well. */
  async function ipsOf(url: URL, signal: AbortSignal): Promise<string[]> {
    try {
      return await unlessAborted(resolveSource(url, { allowedHosts, resolve: known }), signal);
    } catch (error) {
      if (error === signal.reason) throw new SourceUnreachable(TOO_SLOW, { cause: error });
      throw error;
    }
  }

  /** @throws SourceForbidden, SourceUnreachable */
  return async function fetchSource(from: URL, signal: AbortSignal): Promise<SourceResponse> {
    let url = from;
    for (let redirects = 0; redirects <= MAX_REDIRECTS; redirects += 1) {
      const agent = agentFor(await ipsOf(url, signal));
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

/** Whatever name it is asked to connect to, it connects to `addresses`. */
function agentFor(mediaUrls: readonly string[]): Agent {
  const pinned = mediaUrls.map((address) => ({ address, family: isIP(address) }));
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

/** Where a redirect leads; null for the file itself. @throws for other answers */
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
  const text = (name: string) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
  const length = text('content-length');
  body.on('error', () => {}); // Whoever reads gets it; nobody may.
  return {
    url,
    byteSize: length === null ? null : Number(length),
    contentType: text('content-type') ?? '',
    contentDisposition: text('content-disposition'),
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
