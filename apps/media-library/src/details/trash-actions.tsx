import { useApolloClient } from '@apollo/client/react';
import { Button } from '@mantine/core';
import { IconArrowBackUp, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useSession } from '../session/use-session.ts';
import { refreshLists } from './cache.ts';
import styles from './details.module.css';
import { DeleteDialog } from './delete-dialog.tsx';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { PurgeDialog } from './purge-dialog.tsx';
import { RESTORE } from './queries.ts';
import { report } from '../shared/notify.ts';

interface Props {
  readonly file: FileDetailsFragment;
  readonly onPurged: () => void;
  /** With the file after it was moved to the trash or restored. */
  readonly onMoved: (file: FileDetailsFragment) => void;
}

/** Moves a file to the trash; restores one that is there, or deletes it permanently. */
export function TrashActions({ file, onPurged, onMoved }: Props) {
  const { t } = useTranslation('details');
  const session = useSession();
  const client = useApolloClient();
  const textOf = useProblemText();
  const [dialog, setDialog] = useState<'delete' | 'purge' | null>(null);
  const [isRestoring, setRestoring] = useState(false);
  if (!session.has('media:delete')) return null;

  async function request(): Promise<Problem | null> {
    const variables = { id: file.id };
    const { data } = await client.mutate({ mutation: RESTORE, variables });
    const { mediaFile, userErrors } = data.restoreMedia;
    if (mediaFile) onMoved(mediaFile);
    return userErrors[0] ?? null;
  }

  async function restore() {
    setRestoring(true);
    const problem = await request().catch(problemOf);
    setRestoring(false);
    if (problem) report(textOf(problem), 'failure');
    else report(t('trash.restored'));
    if (!problem) await refreshLists(client, { id: file.id, trashed: false });
  }

  if (file.trashedAt === null) {
    return (
      <>
        <Button
          variant="default"
          className={styles.danger}
          leftSection={<IconTrash size={18} aria-hidden />}
          onClick={() => setDialog('delete')}
        >
          {t('trash.delete')}
        </Button>
        {dialog === 'delete' && (
          <DeleteDialog file={file} onClose={() => setDialog(null)} onDeleted={onMoved} />
        )}
      </>
    );
  }
  return (
    <>
      <Button
        leftSection={<IconArrowBackUp size={18} aria-hidden />}
        loading={isRestoring}
        onClick={() => void restore()}
      >
        {t('trash.restore')}
      </Button>
      <Button
        variant="default"
        className={styles.danger}
        leftSection={<IconTrash size={18} aria-hidden />}
        onClick={() => setDialog('purge')}
      >
        {t('trash.purge')}
      </Button>
      {dialog === 'purge' && (
        <PurgeDialog file={file} onClose={() => setDialog(null)} onPurged={onPurged} />
      )}
    </>
  );
}
