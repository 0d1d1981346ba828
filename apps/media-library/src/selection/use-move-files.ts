import { useTranslation } from 'react-i18next';
import type { SelectionProps } from '../files/files-browser.tsx';
import { isInside } from '../folders/tree.ts';
import { notify } from '../shared/notify.ts';
import type { FileChanges } from './use-file-changes.ts';

/** Moves files to a folder. Those that leave the view are no longer selected. */
export function useMoveFiles(changes: FileChanges) {
  const { t } = useTranslation('selection');
  return async (
    ids: readonly string[],
    folder: string,
    { view, list, selection }: SelectionProps,
  ): Promise<void> => {
    const moved = await changes.update(ids, { folder });
    if (moved.length > 0) notify({ message: t('done.update', { count: moved.length }) });
    if (!view.folder || isInside(folder, view.folder)) return;
    list.forget(moved);
    selection.remove(moved);
  };
}
