import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { TRASH_FILE, UNTRASH_FILE } from './queries.ts';

/** Moves a file to the trash, and brings it back. */
export function useTrash(id: string) {
  const { t } = useTranslation('work');
  const [trashFile, trashing] = useMutation(TRASH_FILE, { variables: { ids: [id] } });
  const [untrashFile, untrashing] = useMutation(UNTRASH_FILE, { variables: { ids: [id] } });
  const [problem, setProblem] = useState<string | null>(null);

  async function run(change: () => Promise<{ code: string; message: string } | undefined>) {
    setProblem(null);
    try {
      const error = await change();
      if (error?.code === 'MEDIA_IN_USE') setProblem(t('inUse'));
      else if (error) setProblem(t('notDeleted', { message: error.message }));
    } catch (error) {
      setProblem(t('notDeleted', { message: error instanceof Error ? error.message : '' }));
    }
  }

  return {
    trash: () => run(async () => (await trashFile()).data.deleteMediaFiles[0]?.userErrors[0]),
    undo: () => run(async () => (await untrashFile()).data.restoreMediaFiles[0]?.userErrors[0]),
    isBusy: trashing.loading || untrashing.loading,
    problem,
  };
}
