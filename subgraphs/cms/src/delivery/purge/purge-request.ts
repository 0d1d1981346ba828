import { randomUUID } from 'node:crypto';
import { signWebhook } from '@federated-media/subgraph-kit/webhook-signature';

const TIME_LIMIT_MS = 10_000;

/** Where the CDN, or an adapter to it, accepts requests. */
export interface PurgeTarget {
  readonly url: string;
  /** Several during a rotation: a request has a signature of each. */
  readonly secrets: readonly string[];
}

/**
 * Sends a signed request (Standard Webhooks).
 * @throws Error unless the response has a status from 200 to 299 within ten seconds
 */
export async function sendPurge({ url, secrets }: PurgeTarget, payload: object): Promise<void> {
  const body = JSON.stringify(payload);
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...signWebhook(secrets, { id: randomUUID(), body }),
    },
    body,
    // A signed request is for this URL only.
    redirect: 'manual',
    signal: AbortSignal.timeout(TIME_LIMIT_MS),
  });
  await response.body?.cancel();
  if (!response.ok) throw new Error(`It answered with ${response.status}.`);
}
