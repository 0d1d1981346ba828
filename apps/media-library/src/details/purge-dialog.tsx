import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { refreshLists } from './cache.ts';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { PURGE } from './queries.ts';
import { Dialog } from './dialog.tsx';
import { report } from '../shared/notify.ts';

interface Props {
  readonly file: FileDetailsFragment;
  readonly onClose: () => void;
  readonly onPurged: () => void;
}

export function PurgeDialog({ file, onClose, onPurged }: Props) {
  const { t } = useTranslation('details');
  const client = useApolloClient();
  const textOf = useProblemText();
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isBusy, setBusy] = useState(false);
  const { id } = file;

  async function request(): Promise<Problem | null> {
    const { data } = await client.mutate({ mutation: PURGE, variables: { id } });
    const [refusal] = data.purgeMedia.userErrors;
    // No value can be wrong here.
    if (refusal?.code === 'INVALID') return { ...refusal, code: 'NOT_IN_TRASH' };
    return refusal ?? null;
  }

  async function purge() {
    setBusy(true);
    const refusal = await request().catch(problemOf);
    setBusy(false);
    setProblem(refusal);
    if (refusal) return;
    report(t('trash.purged'));
    onPurged();
    await refreshLists(client, { id, trashed: null });
  }

  return (
    <Dialog opened onClose={onClose} title={t('trash.purgeTitle')}>
      <Stack>
        <Text fw={600}>
          <bdi>{file.originalFilename}</bdi>
        </Text>
        <Text>{t('trash.purgeText')}</Text>
        {problem && (
          <Alert color="red" role="alert">
            {textOf(problem)}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t('cancel')}
          </Button>
          <Button color="red" loading={isBusy} onClick={() => void purge()}>
            {t('trash.purge')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
