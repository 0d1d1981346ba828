import { setTimeout as sleep } from 'node:timers/promises';
import type { Network } from '@federated-media/subgraph-kit/network/network';
import { TIMEOUT_HEADER, currentRequest } from '@federated-media/subgraph-kit/request-life';
import { outgoingHeaders } from '@federated-media/subgraph-kit/telemetry/activity';
import { inSpan } from '@federated-media/subgraph-kit/telemetry/tracing';
import { z } from 'zod';
import { MediaUnavailableError } from '../media-unavailable.ts';
import type { Document } from './documents.ts';

const MAX_RESPONSE_BYTES = 1_000_000;
const MAX_ATTEMPTS = 3;
const RETRY_MS = 20;
/** The rest is for the response that reports an unavailable CMS, before the caller stops waiting. */
const SHARE_OF_REQUEST = 0.8;

const envelope = z.object({ data: z.unknown(), errors: z.undefined().optional() });

export interface Question<Variables> {
  readonly variables: Variables;
  readonly token: string;
  /**
   * From the first byte sent to the last byte read, retries included. It is shorter when the current request
   * has less time left, and ends with that request.
   */
  readonly timeoutMs: number;
  /** Stops when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * GraphQL over HTTP to the CMS at `url`. All requests may be repeated: a failed one is retried a few times
 * while there is time left.
 */
export function createTransport({ url, network }: { url: string; network: Network }) {
  const { origin, pathname } = new URL(`${url}/graphql`);
  const connections = network.open(origin, { maxResponseBytes: MAX_RESPONSE_BYTES });

  return {
    /** @throws MediaUnavailableError without a valid response */
    async send<Variables, Answer>(
      document: Document<Variables, Answer>,
      { variables, token, timeoutMs, signal }: Question<Variables>,
    ): Promise<{ answer: Answer; attempts: number }> {
      const life = currentRequest();
      const limitMs = Math.min(timeoutMs, (life?.remainingMs() ?? Infinity) * SHARE_OF_REQUEST);
      const endsAt = performance.now() + limitMs;
      const ends = [signal, life?.signal].filter((end) => end !== undefined);
      const until = AbortSignal.any([AbortSignal.timeout(Math.ceil(limitMs)), ...ends]);
      for (let attempt = 1; ; attempt += 1) {
        try {
          const data = await inSpan('cms', { kind: 'client' }, () =>
            post(document.text, { variables, token, endsAt, signal: until }),
          );
          return { answer: document.read(data), attempts: attempt };
        } catch (cause) {
          if (attempt === MAX_ATTEMPTS || until.aborted) throw new MediaUnavailableError({ cause });
          const pause = RETRY_MS * attempt * (1 + Math.random());
          await sleep(pause, undefined, { signal: until }).catch(() => {
            throw new MediaUnavailableError({ cause });
          });
        }
      }
    },
    /** Aborts requests in progress. */
    close: () => connections.close(),
  };

  async function post(
    query: string,
    {
      variables,
      token,
      endsAt,
      signal,
    }: { variables: unknown; token: string; endsAt: number; signal: AbortSignal },
  ): Promise<unknown> {
    const { statusCode, text } = await connections.request({
      method: 'POST',
      path: pathname,
      headers: {
        ...outgoingHeaders(),
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        [TIMEOUT_HEADER]: String(Math.max(1, Math.floor(endsAt - performance.now()))),
      },
      body: JSON.stringify({ query, variables }),
      signal,
    });
    if (statusCode !== 200) throw new Error(`The CMS responded with status ${statusCode}.`);
    return envelope.parse(JSON.parse(text)).data;
  }
}
