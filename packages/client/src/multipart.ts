import type { Connection } from './connection.ts';
import { ask, fileOf, type UserError } from './graph.ts';
import type { Upload } from './upload.ts';

interface Payload<File> {
  readonly mediaFile: File | null;
  readonly userErrors: readonly UserError[];
}

/** One multipart request through the gateway. */
export async function uploadByForm<File>(connection: Connection, upload: Upload): Promise<File> {
  const { file, filename, fields, input, onSent, signal } = upload;
  const { mediaFile, userErrors } = await ask<Payload<File>>(connection, {
    query: `mutation ($input: UploadMediaInput!) {
      result: uploadMedia(input: $input) { mediaFile { ${fields} } userErrors { code message field } }
    }`,
    variables: { input: { ...input, file: null } },
    file,
    filename,
    onSent,
    signal,
  });
  return fileOf(mediaFile, userErrors);
}
