import { useTranslation } from 'react-i18next';
import { notify } from '../shared/notify.ts';
import type { FileChanges } from './use-file-changes.ts';

/** Moves files to a folder. */
export function useMoveFiles(changes: FileChanges) {
  const { t } = useTranslation('selection');
  return async (ids: readonly string[], folder: string): Promise<void> => {
    const moved = await changes.update(ids, { folder });
    if (moved.length > 0) notify({ message: t('done.update', { count: moved.length }) });
  };
}
