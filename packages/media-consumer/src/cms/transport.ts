import { setTimeout as sleep } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import { MediaUnavailableError } from '../media-unavailable.ts';
import type { Document } from './documents.ts';

const MAX_RESPONSE_BYTES = 1_000_000;
const MAX_ATTEMPTS = 3;
const RETRY_MS = 20;

const envelope = z.object({ data: z.unknown(), errors: z.undefined().optional() });

export interface Question<Variables> {
  readonly variables: Variables;
  readonly token: string;
  /** From the first byte sent to the last one read, further attempts included. */
  readonly timeoutMs: number;
  /** Gives up when it aborts. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * GraphQL over HTTP to the CMS at `url`. Everything asked may be asked twice: what fails is tried again,
 * a few times, while there is time left.
 */
export function createTransport({ url }: { url: string }) {
  const agent = new Agent({ maxResponseSize: MAX_RESPONSE_BYTES });

  return {
    /** @throws MediaUnavailableError when there is no answer, or none that can be relied on */
    async ask<Variables, Answer>(
      document: Document<Variables, Answer>,
      { variables, token, timeoutMs, signal }: Question<Variables>,
    ): Promise<{ answer: Answer; attempts: number }> {
      const deadline = AbortSignal.timeout(timeoutMs);
      const until = signal ? AbortSignal.any([deadline, signal]) : deadline;
      for (let attempt = 1; ; attempt += 1) {
        try {
          const data = await post(document.text, { variables, token, signal: until });
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
    /** Ends at once, whatever is under way. */
    close: () => agent.destroy(),
  };

  async function post(
    query: string,
    { variables, token, signal }: { variables: unknown; token: string; signal: AbortSignal },
  ): Promise<unknown> {
    const { statusCode, body } = await request(`${url}/graphql`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      dispatcher: agent,
      signal,
    });
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`The CMS answered ${statusCode}.`);
    return envelope.parse(JSON.parse(text)).data;
  }
}
