import type { Pool } from 'undici';
import { z } from 'zod';

const Answer = z.object({ data: z.object({ mediaFile: z.record(z.string(), z.string()) }) });

/** @param transform the arguments of `url` with their parentheses; '' for the original bytes */
export async function urlOf(gateway: Pool, id: string, transform: string): Promise<string> {
  const { body } = await gateway.request({
    method: 'POST',
    path: '/graphql',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `query ($id: ID!) { mediaFile(id: $id) { url${transform} } }`,
      variables: { id },
    }),
  });
  return Answer.parse(await body.json()).data.mediaFile['url'] ?? '';
}
