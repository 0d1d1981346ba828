import { useApolloClient } from '@apollo/client/react';
import { useTranslation } from 'react-i18next';
import { notify } from '../shared/notify.ts';
import { RENAME_FOLDER } from './queries.ts';
import { useFolderError } from './use-folder-error.ts';

/** Moves a folder after a drop, and reports what came of it. */
export function useRenameFolder(onMoved: (path: string, newPath: string) => void) {
  const { t } = useTranslation('folders');
  const client = useApolloClient();
  const errorText = useFolderError();
  return async (path: string, newPath: string) => {
    try {
      const { data } = await client.mutate({
        mutation: RENAME_FOLDER,
        variables: { input: { path, newPath } },
      });
      const problem = data.renameMediaFolder.userErrors[0];
      if (problem) {
        notify({ color: 'red', message: errorText('move', problem) });
        return;
      }
      onMoved(path, newPath);
      notify({ message: t('moved', { path: newPath }) });
    } catch {
      notify({ color: 'red', message: t('unreachable') });
    }
  };
}
