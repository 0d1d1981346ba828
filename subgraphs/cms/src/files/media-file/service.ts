import { isId } from '@federated-media/subgraph-kit/ids';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type {
  MediaUserError,
  UpdateMediaFilesInput,
  UpdateMediaInput,
} from '../../generated/graphql.ts';
import { findType } from '../file-types/file-types.ts';
import { contradictionOf } from '../file-types/claims.ts';
import type { Decision } from './change.ts';
import type { ChangeRepository } from './change-repository.ts';
import {
  MAX_LOCALES,
  type DetailsChange,
  columnsOf,
  mergeTexts,
  present,
  readDetails,
} from './details.ts';
import type { Changeable, MediaFileRecord } from '../../model/media-file.ts';
import {
  type MediaOutcome,
  changeOne,
  conflictWith,
  invalid,
  notFound,
  outcomeOf,
  failedChange,
} from './outcome.ts';
import { MAX_TAGS, readFilename, readTags } from './text.ts';
import { createChecks, InvalidValue } from '../../platform/input-checks.ts';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';

const MAX_AT_ONCE = 1000;

export function createMediaFileService({ changes }: { changes: ChangeRepository }) {
  return {
    async update(caller: Caller, input: UpdateMediaInput): Promise<MediaOutcome> {
      const { check, problems } = createChecks(['input']);
      const details = readDetails(input.details, (field, read) =>
        check(['details', ...field], read),
      );
      const originalFilename = check(['originalFilename'], () =>
        readNewName(input.originalFilename),
      );
      if (problems.length > 0) return failedChange(...problems);

      return changeOne(changes, {
        caller,
        id: input.id,
        action: 'updated',
        decide(file) {
          const refused =
            conflictWith(file, input.version) ??
            nameConflict(file, originalFilename) ??
            tooManyTexts(file, details);
          if (refused) return { refused };
          return { ...changesOf(file, details), ...(originalFilename && { originalFilename }) };
        },
      });
    },

    /** @throws BAD_USER_INPUT for no ids and for more than 1000 */
    async updateAll(caller: Caller, input: UpdateMediaFilesInput): Promise<MediaOutcome[]> {
      const { ids, folder, visibility } = input;
      checkItemCount(ids, { items: 'ids', min: 1, max: MAX_AT_ONCE, field: ['input', 'ids'] });
      const { check, problems } = createChecks(['input']);
      const details = readDetails(present({ folder, visibility }), check);
      const added = check(['addTags'], () => readTags(input.addTags ?? [])) ?? [];
      const removed = check(['removeTags'], () => readTags(input.removeTags ?? [])) ?? [];
      if (problems.length > 0) return ids.map(() => failedChange(...problems));

      const known = [...new Set(ids.filter(isId).map((id) => id.toLowerCase()))];
      const outcomes = await changes.change({
        storeId: caller.storeId,
        actor: caller.subject,
        action: 'updated',
        ids: known,
        decide: (file) => withTags(file, { added, removed }, changesOf(file, details)),
      });
      return ids.map((id, index) =>
        outcomeOf(outcomes.get(id.toLowerCase()), notFound(['input', 'ids', `${index}`])),
      );
    },
  };
}
export type MediaFileService = ReturnType<typeof createMediaFileService>;

function readNewName(name: string | null | undefined): string | undefined {
  if (name === null) throw new InvalidValue('The file name cannot be cleared.');
  return name === undefined ? undefined : readFilename(name);
}

/** Rejects a name that contradicts the bytes: `invoice.pdf` for an image. */
function nameConflict(
  file: MediaFileRecord,
  originalFilename?: string,
): MediaUserError | undefined {
  const type = findType(file.mimeType);
  if (originalFilename === undefined || !type) return undefined;
  const contradiction = contradictionOf(type, { originalFilename, declaredMimeType: '' });
  if (contradiction === undefined) return undefined;
  const message = `The file is ${type.name}, but ${contradiction}.`;
  return invalid(message, ['input', 'originalFilename']);
}

/** Does not reject a change that adds none: files from before this limit may have more. */
function tooManyTexts(file: MediaFileRecord, { texts }: DetailsChange): MediaUserError | undefined {
  const count = texts ? mergeTexts(file.texts, texts).length : 0;
  if (count <= Math.max(MAX_LOCALES, file.texts.length)) return undefined;
  const message = `The file would have texts in more than ${MAX_LOCALES} languages.`;
  return invalid(message, ['input', 'details', 'altTexts']);
}

/** Adds new tags after the existing ones. A tag in both lists is added. */
function withTags(
  file: MediaFileRecord,
  { added, removed }: { added: readonly string[]; removed: readonly string[] },
  values: Partial<Changeable>,
): Decision {
  const tags = [...new Set([...file.tags.filter((tag) => !removed.includes(tag)), ...added])];
  if (tags.length <= MAX_TAGS) return { ...values, tags };
  return {
    refused: invalid(`The file would have more than ${MAX_TAGS} tags.`, ['input', 'addTags']),
  };
}

function changesOf(file: MediaFileRecord, details: DetailsChange): Partial<Changeable> {
  const { texts } = details;
  return {
    ...columnsOf(details),
    ...(texts !== undefined && { texts: mergeTexts(file.texts, texts) }),
  };
}
