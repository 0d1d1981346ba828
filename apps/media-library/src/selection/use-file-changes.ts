import { useApolloClient } from '@apollo/client/react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { UpdateMediaFilesInput } from '../generated/graphql.ts';
import { type Problem, changeAll } from './bulk.ts';
import { DELETE_FILES, PURGE_FILES, RESTORE_FILES, UPDATE_FILES } from './queries.ts';
import type { Bulk } from './use-bulk.ts';

/** Deleting a file permanently has no value that can be wrong: the file was restored in the meantime. */
const withTrashCode = ({ code, message }: Problem): Problem => ({
  code: code === 'INVALID' ? 'NOT_IN_TRASH' : code,
  message,
});

/** A tag that is both removed and added stays. */
const withoutTags = ({
  removeTags,
  addTags,
}: Pick<UpdateMediaFilesInput, 'removeTags' | 'addTags'>) =>
  (removeTags ?? []).filter((tag) => !addTags?.includes(tag));

/** The changes of many files. Each returns the ids of the files that were changed. */
export function useFileChanges({ run, track }: Bulk) {
  const { t } = useTranslation('selection');
  const client = useApolloClient();
  return useMemo(() => {
    const total = (ids: readonly string[]) => ids.length;
    return {
      update: (ids: readonly string[], changes: Omit<UpdateMediaFilesInput, 'ids'>) =>
        run({
          label: t('running.update'),
          total: total(ids),
          ...(changes.folder && { place: { folder: changes.folder } }),
          ...(changes.removeTags && { place: { withoutTags: withoutTags(changes) } }),
          work: (running) =>
            changeAll(
              ids,
              async (batch) => {
                const variables = { input: { ids: batch, ...changes } };
                const { data } = await client.mutate({ mutation: UPDATE_FILES, variables });
                return data.updateMediaFiles;
              },
              running,
            ),
        }),
      /** What would happen. */
      previewDelete: (ids: readonly string[]) =>
        track({
          label: t('running.preview'),
          total: total(ids),
          mayBeLeft: true,
          work: (running) =>
            changeAll(
              ids,
              async (batch) => {
                const variables = { input: { ids: batch, dryRun: true } };
                const { data } = await client.mutate({ mutation: DELETE_FILES, variables });
                return data.deleteMediaFiles;
              },
              running,
            ),
        }),
      /** Those in `unused` stay when they are in use by now. */
      delete: (unused: readonly string[], used: readonly string[]) =>
        run({
          label: t('running.delete'),
          total: unused.length + used.length,
          place: { trashed: true },
          work: async (running) => {
            const change = (force: boolean) => async (batch: string[]) => {
              const variables = { input: { ids: batch, force } };
              const { data } = await client.mutate({ mutation: DELETE_FILES, variables });
              return data.deleteMediaFiles;
            };
            const outcomes = await changeAll(unused, change(false), running);
            const onProgress = (done: number) => running.onProgress(outcomes.length + done);
            const others = await changeAll(used, change(true), { ...running, onProgress });
            return [...outcomes, ...others];
          },
        }),
      restore: (ids: readonly string[]) =>
        run({
          label: t('running.restore'),
          total: total(ids),
          place: { trashed: false },
          work: (running) =>
            changeAll(
              ids,
              async (batch) => {
                const variables = { input: { ids: batch } };
                const { data } = await client.mutate({ mutation: RESTORE_FILES, variables });
                return data.restoreMediaFiles;
              },
              running,
            ),
        }),
      purge: (ids: readonly string[]) =>
        run({
          label: t('running.purge'),
          total: total(ids),
          place: null,
          work: (running) =>
            changeAll(
              ids,
              async (batch) => {
                const variables = { input: { ids: batch } };
                const { data } = await client.mutate({ mutation: PURGE_FILES, variables });
                return data.purgeMediaFiles.map(({ userErrors }) => ({
                  userErrors: userErrors.map(withTrashCode),
                }));
              },
              running,
            ),
        }),
    };
  }, [client, run, track, t]);
}
export type FileChanges = ReturnType<typeof useFileChanges>;
