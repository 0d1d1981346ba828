import { type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { TIMEOUT_HEADER } from '@federated-media/subgraph-kit/request-life';
import type { Answer, RunningCms } from '../../../files/media-file/testing/running-cms.ts';
import { MULTIPART_TYPE, partsUpTo } from './multipart-body.ts';

interface Sent {
  /** Resolves to the parsed response. */
  answer(): Promise<Omit<Answer, 'status'>>;
  hangUp(): void;
}

/**
 * Sends a GraphQL request whose client can hang up, with the file of `variables.input.file` if there is one.
 * @param timeoutMs the time limit, as the gateway states it
 */
export async function openRequest(
  cms: RunningCms,
  query: string,
  {
    input = {},
    file,
    timeoutMs,
  }: { input?: object; file?: Uint8Array | undefined; timeoutMs?: number | undefined },
): Promise<Sent> {
  const json = JSON.stringify({ query, variables: { input } });
  const client = request(`${cms.url}/graphql`, {
    method: 'POST',
    headers: {
      authorization: await cms.authorization(),
      'content-type': file ? MULTIPART_TYPE : 'application/json',
      'apollo-require-preflight': 'true',
      ...(timeoutMs !== undefined && { [TIMEOUT_HEADER]: String(timeoutMs) }),
    },
  });
  const { promise: response, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  client.once('response', resolve).once('error', reject);
  // Awaited only by tests that do not hang up.
  response.catch(() => {});
  client.end(file ? Buffer.concat([partsUpTo(file, query, input), END]) : json);
  return {
    answer: async () => JSON.parse(await text(await response)),
    hangUp: () => void client.destroy(),
  };
}

const END = Buffer.from(`\r\n--${MULTIPART_TYPE.split('=')[1]}--\r\n`);
