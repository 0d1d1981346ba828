import { excerpt } from '@federated-media/subgraph-kit/excerpt';
import { isId } from '@federated-media/subgraph-kit/ids';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import { checkItemCount } from '@federated-media/subgraph-kit/item-count';
import type {
  DeleteMediaFilesInput,
  DeleteMediaInput,
  MediaIdInput,
  MediaIdsInput,
  MediaUserError,
  RestoreMediaContentInput,
} from '../../generated/graphql.ts';
import type { UsageListRepository } from '../../usage/ledger/list-repository.ts';
import type { UsageRecord } from '../../usage/ledger/media-usage.ts';
import { userError } from '../../platform/user-error.ts';
import type { Decision } from '../media-file/change.ts';
import type { ChangeRepository, ChangeResult } from '../media-file/change-repository.ts';
import { withMatchingExtension } from '../file-types/matching-extension.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import {
  type MediaOutcome,
  STILL_PROCESSING,
  changeOne,
  conflictWith,
  invalid,
  notFound,
  outcomeOf,
} from '../media-file/outcome.ts';
import type { PurgeRepository } from './purge-repository.ts';
import type { MediaFileRepository } from '../media-file/repository.ts';

/** The number of usages that a deletion returns: of one file, and of each of several. */
const MAX_USAGES = { ofOne: 100, ofEach: 10 };
/** The number of usages that the message of a rejected deletion names. */
const NAMED_USAGES = 3;
const MAX_AT_ONCE = 1000;

export interface DeleteOutcome extends MediaOutcome {
  readonly usages: UsageRecord[];
}

interface PurgeOutcome {
  readonly purgedId: string | null;
  readonly userErrors: MediaUserError[];
}

interface Dependencies {
  files: MediaFileRepository;
  changes: ChangeRepository;
  purges: PurgeRepository;
  usages: Pick<UsageListRepository, 'findPages'>;
}

/** Moves files to the trash and back, purges them, and restores earlier bytes. */
export function createTrashService({ files, changes, purges, usages }: Dependencies) {
  /** What happens to each file, by id, or would happen. Without unknown files. */
  async function trash(
    { storeId, subject: actor }: Caller,
    ids: readonly string[],
    { force, dryRun }: { force: boolean; dryRun: boolean },
  ): Promise<ReadonlyMap<string, ChangeResult>> {
    const decide = (file: MediaFileRecord, at: Date): Decision => {
      if (file.trashedAt) return {};
      return force || file.usageCount === 0 ? { trashedAt: at } : { refused: IN_USE };
    };
    if (!dryRun) return changes.change({ storeId, actor, ids, action: 'trashed', decide });
    const found = ids.length > 0 ? await files.findFiles(storeId, ids) : [];
    return new Map(
      found.map((file) => {
        const decision = decide(file, new Date());
        return [file.id, 'refused' in decision ? decision : { file }];
      }),
    );
  }

  async function deleteAll(
    caller: Caller,
    wanted: readonly WantedFile[],
    options: { force: boolean; dryRun: boolean; maxUsages: number },
  ): Promise<DeleteOutcome[]> {
    const outcomes = await trash(caller, idsOf(wanted), options);
    const used = [...outcomes].flatMap(([id, outcome]) =>
      'refused' in outcome || outcome.file.usageCount > 0 ? [id] : [],
    );
    const limits = { after: null, limit: options.maxUsages };
    const found = used.length > 0 ? await usages.findPages(caller.storeId, used, limits) : [];
    const byFile = Map.groupBy(found, ({ mediaId }) => mediaId);
    return wanted.map(({ id, field }) => {
      const usagesOfFile = byFile.get(id) ?? [];
      const { mediaFile, userErrors } = outcomeOf(outcomes.get(id), notFound(field));
      const errors = userErrors.map((error) =>
        error === IN_USE ? inUse(usagesOfFile, field) : error,
      );
      return { mediaFile, userErrors: errors, usages: usagesOfFile };
    });
  }

  async function restoreAll(
    { storeId, subject: actor }: Caller,
    wanted: readonly WantedFile[],
  ): Promise<MediaOutcome[]> {
    const ids = idsOf(wanted);
    const decide = () => ({ trashedAt: null });
    const outcomes = await changes.change({ storeId, actor, ids, action: 'restored', decide });
    return wanted.map(({ id, field }) => outcomeOf(outcomes.get(id), notFound(field)));
  }

  async function purgeAll(
    { storeId, subject: actor }: Caller,
    wanted: readonly WantedFile[],
  ): Promise<PurgeOutcome[]> {
    const { purged, kept } = await purges.purge({ storeId, ids: idsOf(wanted), actor });
    const [isPurged, isKept] = [new Set(purged), new Set(kept)];
    return wanted.map(({ id, field }) => {
      if (isPurged.has(id)) return { purgedId: id, userErrors: [] };
      const error = isKept.has(id)
        ? invalid('The file is not in the trash. Delete it first.', field)
        : notFound(field);
      return { purgedId: null, userErrors: [error] };
    });
  }

  return {
    async delete(
      caller: Caller,
      { id, force = false, dryRun = false }: DeleteMediaInput,
    ): Promise<DeleteOutcome> {
      const options = { force, dryRun, maxUsages: MAX_USAGES.ofOne };
      return onlyOne(await deleteAll(caller, [wantedFile(id)], options));
    },

    /** @throws BAD_USER_INPUT for no ids and for more than 1000 */
    async deleteAll(
      caller: Caller,
      { ids, force = false, dryRun = false }: DeleteMediaFilesInput,
    ): Promise<DeleteOutcome[]> {
      const options = { force, dryRun, maxUsages: MAX_USAGES.ofEach };
      return deleteAll(caller, wantedFiles(ids), options);
    },

    restore: async (caller: Caller, { id }: MediaIdInput): Promise<MediaOutcome> =>
      onlyOne(await restoreAll(caller, [wantedFile(id)])),

    /** @throws BAD_USER_INPUT for no ids and for more than 1000 */
    restoreAll: async (caller: Caller, { ids }: MediaIdsInput): Promise<MediaOutcome[]> =>
      restoreAll(caller, wantedFiles(ids)),

    purge: async (caller: Caller, { id }: MediaIdInput): Promise<PurgeOutcome> =>
      onlyOne(await purgeAll(caller, [wantedFile(id)])),

    /** @throws BAD_USER_INPUT for no ids and for more than 1000 */
    purgeAll: async (caller: Caller, { ids }: MediaIdsInput): Promise<PurgeOutcome[]> =>
      purgeAll(caller, wantedFiles(ids)),

    async restoreContent(
      caller: Caller,
      { id, number, version }: RestoreMediaContentInput,
    ): Promise<MediaOutcome> {
      // Contents are kept until the file is purged, so this result stays valid after the file is locked.
      const content = isId(id)
        ? await files.findContent(caller.storeId, { mediaId: id, number })
        : null;
      return changeOne(changes, {
        caller,
        id,
        action: 'contentRestored',
        decide(file) {
          const conflict = conflictWith(file, version);
          if (conflict) return { refused: conflict };
          if (file.trashedAt) {
            const message = 'The file is in the trash. Restore it first.';
            return { refused: invalid(message, ['input', 'id']) };
          }
          if (file.status === 'PROCESSING') {
            return { refused: invalid(STILL_PROCESSING, ['input', 'id']) };
          }
          if (!content) {
            const message = `The file has no content version ${number}.`;
            return { refused: invalid(message, ['input', 'number']) };
          }
          if (number === file.contentNumber) return {};
          return {
            content,
            originalFilename: withMatchingExtension(file.originalFilename, content.mimeType),
          };
        },
      });
    },
  };
}
export type TrashService = ReturnType<typeof createTrashService>;

/** A file of the request, and where the request names it. */
interface WantedFile {
  readonly id: string;
  readonly field: readonly string[];
}

const wantedFile = (id: string, field: readonly string[] = ['input', 'id']): WantedFile => ({
  id: id.toLowerCase(),
  field,
});

/** @throws BAD_USER_INPUT for no ids and for more than 1000 */
function wantedFiles(ids: readonly string[]): WantedFile[] {
  checkItemCount(ids, { items: 'ids', min: 1, max: MAX_AT_ONCE, field: ['input', 'ids'] });
  return ids.map((id, index) => wantedFile(id, ['input', 'ids', `${index}`]));
}

/** Each id once, without what cannot be one. */
const idsOf = (wanted: readonly WantedFile[]): string[] => [
  ...new Set(wanted.map(({ id }) => id).filter(isId)),
];

function onlyOne<Outcome>([outcome]: readonly Outcome[]): Outcome {
  if (outcome === undefined) throw new Error('One file has no result.');
  return outcome;
}

/** Until the usages are read. */
const IN_USE = userError('MEDIA_IN_USE', 'The file is in use.', []);

function inUse(usages: readonly UsageRecord[], field: readonly string[]): MediaUserError {
  const names = usages
    .slice(0, NAMED_USAGES)
    .map(({ label, entityType, entityId }) => excerpt(label ?? `${entityType} ${entityId}`));
  const others = usages.length > NAMED_USAGES ? ' and others' : '';
  const used = names.length > 0 ? `by ${names.join(', ')}${others}` : '';
  return userError(
    'MEDIA_IN_USE',
    `The file is in use ${used}. Use force to delete it anyway.`.replace(' .', '.'),
    field,
  );
}
