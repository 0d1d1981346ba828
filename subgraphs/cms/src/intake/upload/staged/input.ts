import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { newId } from '@federated-media/subgraph-kit/ids';
import type { MediaUserError, StagedUploadInput } from '../../../generated/graphql.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import { userError } from '../../../platform/user-error.ts';
import { ACCEPTED, maxBytesOf } from '../../../files/file-types/accepted-types.ts';
import { contradictionOfClaims, mayBeAccepted, typeIn } from '../../../files/file-types/claims.ts';
import type { AwaitedFile } from './repository.ts';
import { createChecks } from '../../../platform/input-checks.ts';

/** Rejects what would be rejected after the bytes have arrived, except for the quota. */
export function readStagedInput(
  input: StagedUploadInput,
  { path, maxBytes }: { path: readonly string[]; maxBytes: number },
): AwaitedFile | { problems: MediaUserError[] } {
  const { check, problems } = createChecks(path);
  const problem = (code: MediaUserError['code'], message: string, field: string) =>
    problems.push(userError(code, message, [...path, field]));

  const filename = check(['filename'], () => readFilename(input.filename));
  const mimeType = typeIn(input.mimeType);
  const claims = { originalFilename: filename ?? '', declaredMimeType: mimeType };
  if (!mayBeAccepted(claims)) {
    problem(
      'UNSUPPORTED_TYPE',
      `The type "${excerpt(mimeType)}" is not accepted. ${ACCEPTED}`,
      'mimeType',
    );
  } else if (filename !== undefined) {
    const contradiction = contradictionOfClaims(claims);
    if (contradiction)
      problem('TYPE_MISMATCH', `The type is ${mimeType}, but ${contradiction}.`, 'mimeType');
  }

  const { fileSize } = input;
  const limit = Math.min(maxBytes, maxBytesOf(mimeType));
  if (fileSize === 0) problem('EMPTY_FILE', 'The file is empty.', 'fileSize');
  else if (fileSize < 0) problem('INVALID', 'The file size must be greater than 0.', 'fileSize');
  else if (fileSize > limit) {
    problem('FILE_TOO_LARGE', `The file is too large. The maximum is ${limit} bytes.`, 'fileSize');
  }

  const checksum = input.checksum ?? null;
  if (checksum !== null && !/^[0-9a-f]{64}$/.test(checksum)) {
    problem(
      'INVALID',
      'Invalid checksum. A SHA-256 has 64 lower-case hexadecimal digits.',
      'checksum',
    );
  }
  if (input.protocol === 'TUS')
    problem('INVALID', 'The protocol is not supported. Use PUT.', 'protocol');
  if (problems.length > 0 || filename === undefined) return { problems };
  return { id: newId(), filename, mimeType, fileSize, checksum };
}
