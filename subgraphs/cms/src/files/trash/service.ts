import { isId } from '@federated-media/subgraph-kit/ids';
import type { Caller } from '@federated-media/subgraph-kit/identity';
import type {
  DeleteMediaInput,
  MediaIdInput,
  MediaUserError,
  RestoreMediaContentInput,
} from '../../generated/graphql.ts';
import type { UsageListRepository } from '../../usage/ledger/list-repository.ts';
import type { UsageRecord } from '../../usage/ledger/media-usage.ts';
import { userError } from '../../platform/user-error.ts';
import type { ChangeRepository } from '../media-file/change-repository.ts';
import { withMatchingExtension } from '../file-types/matching-extension.ts';
import type { MediaFileRecord } from '../../model/media-file.ts';
import {
  type MediaOutcome,
  changeOne,
  conflictWith,
  invalid,
  notFound,
  failedChange,
} from '../media-file/outcome.ts';
import type { PurgeRepository } from './purge-repository.ts';
import type { MediaFileRepository } from '../media-file/repository.ts';

/** The number of usages that a deletion returns. */
const MAX_USAGES = 100;

export interface DeleteOutcome extends MediaOutcome {
  readonly usages: UsageRecord[];
}

interface Dependencies {
  files: MediaFileRepository;
  changes: ChangeRepository;
  purges: PurgeRepository;
  usages: Pick<UsageListRepository, 'findActive'>;
}

/** Moves files to the trash and back, purges them, and restores earlier bytes. */
export function createTrashService({ files, changes, purges, usages }: Dependencies) {
  /** The result that a deletion would have, without deleting. */
  async function dryRunDelete({ storeId }: Caller, { id, force = false }: DeleteMediaInput) {
    const [file] = isId(id) ? await files.findFiles(storeId, [id]) : [];
    if (!file) return failedChange(notFound());
    const problem = file.trashedAt ? null : inUse(file, force);
    return problem ? failedChange(problem) : { mediaFile: file, userErrors: [] };
  }

  return {
    async delete(caller: Caller, input: DeleteMediaInput): Promise<DeleteOutcome> {
      const { id, force = false, dryRun = false } = input;
      const trash = () =>
        changeOne(changes, {
          caller,
          id,
          action: 'trashed',
          decide(file, at) {
            if (file.trashedAt) return {};
            const problem = inUse(file, force);
            return problem ? { refused: problem } : { trashedAt: at };
          },
        });
      const outcome = dryRun ? await dryRunDelete(caller, input) : await trash();
      const isBlocked = outcome.userErrors.some(({ code }) => code === 'MEDIA_IN_USE');
      const isUsed = isBlocked || (outcome.mediaFile?.usageCount ?? 0) > 0;
      const found = isUsed ? await usages.findActive(caller.storeId, id, MAX_USAGES) : [];
      return { ...outcome, usages: found };
    },

    restore: (caller: Caller, { id }: MediaIdInput): Promise<MediaOutcome> =>
      changeOne(changes, { caller, id, action: 'restored', decide: () => ({ trashedAt: null }) }),

    async purge({ storeId, subject }: Caller, { id }: MediaIdInput) {
      const nothing = { purgedId: null };
      if (!isId(id)) return { ...nothing, userErrors: [notFound()] };
      const { purged, kept } = await purges.purge({ storeId, ids: [id], actor: subject });
      if (kept.length > 0) {
        const message = 'The file is not in the trash. Delete it first.';
        return { ...nothing, userErrors: [invalid(message, ['input', 'id'])] };
      }
      const [purgedId] = purged;
      return purgedId === undefined
        ? { ...nothing, userErrors: [notFound()] }
        : { purgedId, userErrors: [] };
    },

    async restoreContent(
      caller: Caller,
      { id, number, version }: RestoreMediaContentInput,
    ): Promise<MediaOutcome> {
      // Contents are kept until the file is purged, so this result stays valid after the file is locked.
      const contents = isId(id) ? await files.findContents(caller.storeId, [id]) : [];
      const content = contents.find((candidate) => candidate.number === number);
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

function inUse({ usageCount }: MediaFileRecord, force: boolean): MediaUserError | null {
  if (force || usageCount === 0) return null;
  const usages = usageCount === 1 ? '1 usage' : `${usageCount} usages`;
  return userError(
    'MEDIA_IN_USE',
    `The file is in use: ${usages}. Use force to delete it anyway.`,
    ['input', 'id'],
  );
}
