import { newId } from '@federated-media/subgraph-kit/ids';
import type {
  MediaUserError,
  StagedUploadInput,
  StagedUploadProtocol,
} from '../../../generated/graphql.ts';
import { readFilename } from '../../../files/media-file/text.ts';
import { userError } from '../../../platform/user-error.ts';
import type { Acceptance } from '../../../files/file-types/acceptance.ts';
import {
  contradictionOfClaims,
  typeIn,
  unacceptedClaim,
} from '../../../files/file-types/claims.ts';
import type { AwaitedFile } from './repository.ts';
import { createChecks } from '../../../platform/input-checks.ts';

/** A resumable upload may wait for a connection. */
const VALID_MS = { PUT: 60 * 60 * 1000, TUS: 24 * 60 * 60 * 1000 };

/** In whole seconds, like the URLs. */
const expiryOf = (protocol: StagedUploadProtocol) =>
  new Date(Math.ceil((Date.now() + VALID_MS[protocol]) / 1000) * 1000);

/** Rejects what would be rejected after the bytes have arrived, except for the quota. */
export function readStagedInput(
  input: StagedUploadInput,
  {
    path,
    maxBytes,
    acceptance,
  }: { path: readonly string[]; maxBytes: number; acceptance: Acceptance },
): AwaitedFile | { problems: MediaUserError[] } {
  const { check, problems } = createChecks(path);
  const problem = (code: MediaUserError['code'], message: string, field: string) =>
    problems.push(userError(code, message, [...path, field]));

  const filename = check(['filename'], () => readFilename(input.filename));
  const mimeType = typeIn(input.mimeType);
  const claims = { originalFilename: filename ?? '', declaredMimeType: mimeType };
  const unaccepted = unacceptedClaim(claims, acceptance);
  if (unaccepted) {
    const message = `${unaccepted} is not accepted. ${acceptance.sentence}`;
    problem('UNSUPPORTED_TYPE', message, 'mimeType');
  } else if (filename !== undefined) {
    const contradiction = contradictionOfClaims(claims);
    if (contradiction)
      problem('TYPE_MISMATCH', `The type is ${mimeType}, but ${contradiction}.`, 'mimeType');
  }

  const { fileSize } = input;
  const limit = Math.min(maxBytes, acceptance.maxBytesOf(mimeType));
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
  if (problems.length > 0 || filename === undefined) return { problems };
  const { protocol = 'PUT' } = input;
  return {
    id: newId(),
    protocol,
    filename,
    mimeType,
    fileSize,
    checksum,
    expiresAt: expiryOf(protocol),
  };
}
