import type { UploadMediaInput } from '../../generated/graphql.ts';
import { readDetails } from '../../files/media-file/details.ts';
import { createChecks } from '../../platform/input-checks.ts';
import { readKey } from '../commit/idempotency.ts';

/** Reads the fields that all ways to upload share. `problems` lists what is wrong with them. */
export function readUploadInput(
  { details, idempotencyKey }: Pick<UploadMediaInput, 'details' | 'idempotencyKey'>,
  path: readonly string[],
) {
  const { check, problems } = createChecks(path);
  return {
    details: readDetails(details ?? {}, (field, read) => check(['details', ...field], read)),
    key: check(['idempotencyKey'], () => readKey(idempotencyKey)) ?? null,
    check,
    problems,
  };
}
