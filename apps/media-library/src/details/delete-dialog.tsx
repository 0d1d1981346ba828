import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Checkbox, Group, Loader, Stack, Text } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment, ShownUsageFragment } from '../generated/graphql.ts';
import { refreshLists } from './cache.ts';
import { type Problem, problemOf, useProblemText } from './problem.ts';
import { DELETE } from './queries.ts';
import { UsageList } from './usage-list.tsx';
import { Dialog } from './dialog.tsx';
import { report } from '../shared/notify.ts';

interface Props {
  readonly file: FileDetailsFragment;
  readonly onClose: () => void;
  readonly onDeleted: (file: FileDetailsFragment) => void;
}

const SHOWN = 100;

/** Shows what would lose the file, by a dry run, before it is moved to the trash. */
export function DeleteDialog({ file, onClose, onDeleted }: Props) {
  const { t } = useTranslation('details');
  const client = useApolloClient();
  const textOf = useProblemText();
  const [usages, setUsages] = useState<readonly ShownUsageFragment[] | null>(null);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [force, setForce] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const { id } = file;

  const request = useCallback(
    async (options: { force: boolean; dryRun: boolean }) => {
      setBusy(true);
      setProblem(null);
      try {
        const { data } = await client.mutate({ mutation: DELETE, variables: { id, ...options } });
        const { usages, userErrors, mediaFile } = data.deleteMedia;
        setUsages(usages);
        const other = userErrors.find(({ code }) => code !== 'MEDIA_IN_USE');
        setProblem(other ?? null);
        return userErrors.length === 0 ? mediaFile : null;
      } catch (error) {
        setProblem(problemOf(error));
        return null;
      } finally {
        setBusy(false);
      }
    },
    [client, id],
  );
  useEffect(() => void request({ force: false, dryRun: true }), [request]);

  async function moveToTrash() {
    const deleted = await request({ force, dryRun: false });
    if (!deleted) return;
    onDeleted(deleted);
    onClose();
    report(t('trash.deleted'));
    await refreshLists(client, { id, trashed: true });
  }

  const isUsed = usages !== null && usages.length > 0;
  return (
    <Dialog opened onClose={onClose} title={t('trash.deleteTitle')}>
      <Stack aria-busy={isBusy}>
        <Text fw={600}>
          <bdi>{file.originalFilename}</bdi>
        </Text>
        {usages === null && isBusy && <Loader size="sm" aria-label={t('trash.checking')} />}
        {usages?.length === 0 && !problem && <Text>{t('trash.unused')}</Text>}
        {isUsed && (
          <>
            <Alert color="orange" role="alert">
              {t('trash.used', { count: Math.max(usages.length, file.usageCount) })}
            </Alert>
            <UsageList usages={usages} />
            {usages.length >= SHOWN && <Text size="sm">{t('trash.furtherPlaces')}</Text>}
            <Checkbox
              label={t('trash.force')}
              checked={force}
              onChange={({ currentTarget }) => setForce(currentTarget.checked)}
            />
          </>
        )}
        {problem && (
          <Alert color="red" role="alert">
            {textOf(problem)}
          </Alert>
        )}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t('cancel')}
          </Button>
          {usages === null && problem ? (
            <Button loading={isBusy} onClick={() => void request({ force: false, dryRun: true })}>
              {t('retry')}
            </Button>
          ) : (
            <Button
              color="red"
              loading={isBusy}
              disabled={usages === null || (isUsed && !force)}
              onClick={() => void moveToTrash()}
            >
              {t('trash.confirm')}
            </Button>
          )}
        </Group>
      </Stack>
    </Dialog>
  );
}
