import { Pool } from 'undici';
import { z } from 'zod';
import { type Bytes, toBody } from './client.ts';

const CREATE =
  'mutation($f: [StagedUploadInput!]!) { createStagedUploads(input: $f) { stagedUpload { id url headers { name value } } userErrors { code message } } }';
const COMPLETE =
  'mutation($id: ID!) { completeStagedUpload(input: { id: $id }) { mediaFile { id checksum fileSize } userErrors { code message } } }';

const Created = z.object({
  data: z.object({
    createStagedUploads: z.tuple([
      z.object({
        stagedUpload: z.object({
          id: z.string(),
          url: z.string(),
          headers: z.array(z.object({ name: z.string(), value: z.string() })),
        }),
      }),
    ]),
  }),
});
const Completed = z.object({
  data: z.object({ completeStagedUpload: z.object({ mediaFile: z.object({ id: z.string() }) }) }),
});

export interface FileToStage {
  filename: string;
  mimeType: string;
  fileSize: number;
  body: Bytes;
}

/** Uploads in three requests: a URL, the bytes, the completion. `connections`: of each of the two servers. */
export function createStagedClient(gateway: Pool, connections: number) {
  let cms: Pool | undefined;

  async function ask(query: string, variables: object): Promise<unknown> {
    const { body } = await gateway.request({
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
      headersTimeout: 120_000,
    });
    return body.json();
  }

  return {
    async upload({ body, ...file }: FileToStage) {
      const { data } = Created.parse(await ask(CREATE, { f: [file] }));
      const { id, url, headers } = data.createStagedUploads[0].stagedUpload;
      const { origin, pathname, search } = new URL(url);
      cms ??= new Pool(origin, { connections });
      const answer = await cms.request({
        method: 'PUT',
        path: `${pathname}${search}`,
        headers: {
          ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
          'content-length': `${file.fileSize}`,
        },
        body: toBody(body),
        headersTimeout: 120_000,
      });
      const text = await answer.body.text();
      if (answer.statusCode !== 200) throw new Error(`The bytes were rejected: ${text}`);
      Completed.parse(await ask(COMPLETE, { id }));
    },
    close: async () => cms?.close(),
  };
}
