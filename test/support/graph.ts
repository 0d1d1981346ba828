import { mintClientToken } from '@federated-media/stack/client-token';
import { readSdl } from '@federated-media/stack/composition';
import { allSubgraphs } from '@federated-media/stack/subgraphs';
import { z } from 'zod';
import type { SharedStack } from './shared-stack.ts';

export const Answer = z.object({
  data: z.record(z.string(), z.unknown()).nullish(),
  errors: z.array(z.looseObject({ message: z.string() })).optional(),
});
export type Answer = z.output<typeof Answer>;

/** All scopes that fields of the subgraphs require. */
export const everyScope = Promise.all(allSubgraphs.map(({ name }) => readSdl(name))).then(
  (sdls) => {
    const scopes = sdls.join('').matchAll(/@access\(scope: "([^"]+)"\)/g);
    return [...new Set([...scopes].map(([, scope]) => scope))].join(' ');
  },
);

/**
 * The graph for a client of `storeId`, with a separate token. `env` has the settings for tokens of a gateway that does
 * not run in development mode.
 */
export async function openGraph(
  stack: Omit<SharedStack, 'urls'> & Partial<SharedStack>,
  storeId: string,
  { env = {}, subject = 'tester' }: { env?: Record<string, string>; subject?: string } = {},
) {
  const request = { storeId, scope: await everyScope, subject, lifeSeconds: 600 };
  const token = await mintClientToken(request, { env, dataDir: stack.dataDir });
  const headers = { authorization: `Bearer ${token}`, 'apollo-require-preflight': 'true' };

  async function post(body: string | FormData, extra: Record<string, string>): Promise<Answer> {
    const response = await fetch(`${stack.gatewayUrl}/graphql`, {
      method: 'POST',
      headers: { ...headers, ...extra },
      body,
    });
    return Answer.parse(await response.json());
  }

  /** Sends `file` as a part of a multipart request. */
  function postFile(
    query: string,
    { file, ...variables }: { file: File; [name: string]: unknown },
  ) {
    const form = new FormData();
    form.set('operations', JSON.stringify({ query, variables: { ...variables, file: null } }));
    form.set('map', '{"0":["variables.file"]}');
    form.set('0', file);
    return post(form, {});
  }

  return {
    headers,
    ask: (query: string, variables: Record<string, unknown> = {}) =>
      post(JSON.stringify({ query, variables }), { 'content-type': 'application/json' }),
    /** Uploads one file and returns the payload of `uploadMedia`. */
    async upload(
      bytes: Buffer,
      { filename = 'photo.jpg', type = '', details = {}, key }: UploadOptions = {},
    ) {
      const file = new File([new Uint8Array(bytes)], filename, { type });
      const { data, errors } = await postFile(UPLOAD, { file, details, key });
      const payload = data?.['uploadMedia'];
      if (!payload) throw new Error(JSON.stringify(errors));
      return UploadPayload.parse(payload);
    },
    /** Replaces the bytes of a JPEG. */
    replace: (id: string, bytes: Buffer) =>
      postFile(REPLACE, {
        id,
        file: new File([new Uint8Array(bytes)], 'new.jpg', { type: 'image/jpeg' }),
      }),
  };
}
export type Graph = Awaited<ReturnType<typeof openGraph>>;

interface UploadOptions {
  readonly filename?: string;
  readonly type?: string;
  readonly details?: object;
  /** Absent: a repeated upload creates another file. */
  readonly key?: string;
}

const UPLOAD = `mutation ($file: Upload!, $details: MediaDetailsInput, $key: String) {
  uploadMedia(input: { file: $file, details: $details, idempotencyKey: $key }) {
    mediaFile { id url checksum fileSize mimeType width height filename originalFilename }
    userErrors { code message field }
  }
}`;

const REPLACE = `mutation ($id: ID!, $file: Upload!) {
  replaceMediaContent(input: { id: $id, file: $file }) { userErrors { code message } }
}`;

const UploadPayload = z.object({
  mediaFile: z
    .object({
      id: z.string(),
      url: z.string(),
      checksum: z.string(),
      fileSize: z.number(),
      mimeType: z.string(),
      width: z.number().nullable(),
      height: z.number().nullable(),
      filename: z.string(),
      originalFilename: z.string(),
    })
    .nullable(),
  userErrors: z.array(
    z.object({ code: z.string(), message: z.string(), field: z.array(z.string()).nullable() }),
  ),
});
