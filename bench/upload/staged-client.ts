import { Pool } from 'undici';
import { z } from 'zod';
import { type Bytes, toBody } from './client.ts';

const CREATE =
  'mutation($f: [StagedUploadInput!]!) { createStagedUploads(input: $f) { stagedUpload { id url headers { name value } } userErrors { code message } } }';
const COMPLETE =
  'mutation($id: ID!) { completeStagedUpload(input: { id: $id }) { mediaFile { id checksum fileSize } userErrors { code message } } }';

const StagedUpload = z.object({
  id: z.string(),
  url: z.string(),
  headers: z.array(z.object({ name: z.string(), value: z.string() })),
});
type StagedUpload = z.output<typeof StagedUpload>;

const Created = z.object({
  data: z.object({
    createStagedUploads: z.array(z.object({ stagedUpload: StagedUpload })),
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

/** Uploads in three steps: URLs, the bytes, the completion. `connections`: to the server that gets the bytes. */
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

  async function send({ url, headers }: StagedUpload, { fileSize, body }: FileToStage) {
    const { origin, pathname, search } = new URL(url);
    cms ??= new Pool(origin, { connections });
    const answer = await cms.request({
      method: 'PUT',
      path: `${pathname}${search}`,
      headers: {
        ...Object.fromEntries(headers.map(({ name, value }) => [name, value])),
        'content-length': `${fileSize}`,
      },
      body: toBody(body),
      headersTimeout: 120_000,
    });
    const text = await answer.body.text();
    if (answer.statusCode !== 200) throw new Error(`The bytes were rejected: ${text}`);
  }

  return {
    /** One after the other, with one request for all URLs. At most 20. */
    async upload(files: readonly FileToStage[]) {
      const described = files.map(({ body: _bytes, ...file }) => file);
      const { data } = Created.parse(await ask(CREATE, { f: described }));
      for (const [index, file] of files.entries()) {
        const created = data.createStagedUploads[index];
        if (!created) throw new Error('A staged upload is missing.');
        await send(created.stagedUpload, file);
        Completed.parse(await ask(COMPLETE, { id: created.stagedUpload.id }));
      }
    },
    close: async () => cms?.close(),
  };
}
