import { isId } from '@federated-media/subgraph-kit/ids';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type { MediaUserError } from '../../generated/graphql.ts';
import { userError } from '../../platform/user-error.ts';
import type { Change, ChangeRepository, ChangeResult } from './change-repository.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';

export interface MediaOutcome {
  readonly mediaFile: MediaFileRecord | null;
  readonly userErrors: MediaUserError[];
}

export const STILL_PROCESSING =
  'The file is still being verified. Wait until its status is READY or FAILED.';

export const notFound = (field: readonly string[] = ['input', 'id']): MediaUserError =>
  userError('NOT_FOUND', 'The file does not exist.', field);

export const invalid = (message: string, field: readonly string[]): MediaUserError =>
  userError('INVALID', message, field);

/** Null if the file still has that version, or if the caller gave none. */
export function conflictWith(
  file: MediaFileRecord,
  version: number | null | undefined,
): MediaUserError | null {
  if (version === null || version === undefined || version === file.version) return null;
  const message = `The file has changed since version ${version}. Read it again.`;
  return userError('CONFLICT', message, ['input', 'version']);
}

export const failedChange = (...userErrors: MediaUserError[]): MediaOutcome => ({
  mediaFile: null,
  userErrors,
});

/** The result for one file; `missing` is the error for an unknown one. */
export function outcomeOf(result: ChangeResult | undefined, missing: MediaUserError): MediaOutcome {
  if (!result) return failedChange(missing);
  if ('refused' in result) return failedChange(result.refused);
  return { mediaFile: result.file, userErrors: [] };
}

export async function changeOne(
  changes: ChangeRepository,
  { caller, id, ...change }: Pick<Change, 'action' | 'decide'> & { caller: Caller; id: string },
): Promise<MediaOutcome> {
  if (!isId(id)) return failedChange(notFound());
  const { storeId, subject: actor } = caller;
  const outcomes = await changes.change({ ...change, storeId, actor, ids: [id] });
  return outcomeOf(outcomes.get(id.toLowerCase()), notFound());
}
