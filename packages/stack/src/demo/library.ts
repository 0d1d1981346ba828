import { z } from 'zod';

import { expectNoUserErrors, UserErrors, type Graph } from './graph.ts';

export interface FileToStore {
  readonly filename: string;
  readonly mimeType: string;
  readonly bytes: Buffer<ArrayBuffer>;
  readonly details: {
    readonly altText?: string;
    readonly description?: string;
    readonly folder: string;
    readonly tags: readonly string[];
    readonly visibility?: 'PUBLIC' | 'PRIVATE';
  };
}

const Page = z.object({
  mediaLibrary: z.object({
    nodes: z.array(z.object({ id: z.string(), originalFilename: z.string() })),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});

/** The ids of the files of the store, by the name under which they were uploaded. */
export async function filesByName(graph: Graph): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  let after: string | null = null;
  do {
    const { mediaLibrary }: z.output<typeof Page> = await graph.ask(
      Page,
      `query DemoFiles($after: String) {
        mediaLibrary(first: 100, after: $after) {
          nodes { id originalFilename }
          pageInfo { hasNextPage endCursor }
        }
      }`,
      { after },
    );
    for (const { id, originalFilename } of mediaLibrary.nodes) files.set(originalFilename, id);
    after = mediaLibrary.pageInfo.hasNextPage ? mediaLibrary.pageInfo.endCursor : null;
  } while (after !== null);
  return files;
}

const Uploaded = z.object({
  uploadMedia: z.object({
    mediaFile: z.object({ id: z.string() }).nullable(),
    userErrors: UserErrors,
  }),
});

/** Returns the id of the new file. */
export async function storeFile(graph: Graph, file: FileToStore): Promise<string> {
  const { filename, mimeType, bytes, details } = file;
  const { uploadMedia } = await graph.send(
    Uploaded,
    `mutation DemoUpload($file: Upload!, $details: MediaDetailsInput!) {
      uploadMedia(input: { file: $file, details: $details }) {
        mediaFile { id }
        userErrors { code message }
      }
    }`,
    { file: new File([bytes], filename, { type: mimeType }), variables: { details } },
  );
  expectNoUserErrors(uploadMedia.userErrors, { doing: `uploading ${filename}` });
  if (!uploadMedia.mediaFile) throw new Error(`uploading ${filename}: the response has no file`);
  return uploadMedia.mediaFile.id;
}
