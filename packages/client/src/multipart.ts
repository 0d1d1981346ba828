import type { Connection } from './connection.ts';
import { ask, fileOf, type UserError } from './graph.ts';
import type { Completed } from './staged.ts';
import type { Upload } from './upload.ts';

interface Payload<File> {
  readonly mediaFile: File | null;
  readonly reused?: boolean;
  readonly userErrors: readonly UserError[];
}

/** One multipart request through the gateway. */
export async function uploadByForm<File>(
  connection: Connection,
  upload: Upload,
): Promise<Completed<File>> {
  const { file, filename, fields, input, onSent, signal } = upload;
  const {
    mediaFile,
    reused = false,
    userErrors,
  } = await ask<Payload<File>>(connection, {
    query: `mutation ($input: UploadMediaInput!) {
      result: uploadMedia(input: $input) { mediaFile { ${fields} } reused userErrors { code message field } }
    }`,
    variables: { input: { ...input, file: null } },
    file,
    filename,
    onSent,
    signal,
  });
  return { uploaded: fileOf(mediaFile, userErrors), isProcessing: false, isReused: reused };
}
