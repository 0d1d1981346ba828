import { Alert, Button, Group, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';
import { useProblemText } from './problem.ts';
import type { FileEdit } from './use-file-edit.ts';

/** How many changes are unsaved, and why they could not be saved. */
export function SaveBar({ edit }: { edit: FileEdit }) {
  const { t } = useTranslation('details');
  const textOf = useProblemText();
  const { changed, generalProblem, problems, status } = edit;
  const isDirty = changed.length > 0;
  return (
    <Stack className={isDirty ? styles.saveBar : undefined} gap="xs">
      {isDirty && problems.length > 0 && (
        <Alert color="red" role="alert" p="xs">
          {generalProblem ? textOf(generalProblem) : t('save.marked')}
        </Alert>
      )}
      <Group justify="space-between">
        <Text size="sm" role="status">
          {status === 'saving' && t('save.saving')}
          {status === 'saved' && !isDirty && t('save.saved')}
          {status !== 'saving' && isDirty && t('save.unsaved', { count: changed.length })}
        </Text>
        {isDirty && (
          <Group gap="xs">
            <Button variant="default" onClick={edit.discard} disabled={status === 'saving'}>
              {t('save.discard')}
            </Button>
            <Button onClick={() => void edit.save()} loading={status === 'saving'}>
              {t('save.save')}
            </Button>
          </Group>
        )}
      </Group>
    </Stack>
  );
}
