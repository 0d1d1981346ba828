import { Button, Group, Modal, Paper, Progress, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Bulk } from './use-bulk.ts';
import classes from './selection.module.css';
import { useErrorText } from './use-error-text.ts';

/** The progress of work on many files, and what failed. */
export default function BulkStatus({ bulk: { running, failed, close } }: { bulk: Bulk }) {
  const { t } = useTranslation('selection');
  const errorText = useErrorText();
  return (
    <>
      {running && (
        <Paper className={classes['progress'] ?? ''} withBorder shadow="md" p="sm">
          <Stack gap="xs">
            <Group justify="space-between" wrap="nowrap">
              <Text size="sm" fw={600} role="status">
                {running.label}
              </Text>
              <Button size="compact-sm" variant="subtle" onClick={running.cancel}>
                {t('cancel')}
              </Button>
            </Group>
            <Progress
              value={running.total === 0 ? 0 : (100 * running.done) / running.total}
              aria-label={running.label}
            />
            <Text size="xs" c="dimmed">
              {t('progress', { done: running.done, total: running.total })}
            </Text>
          </Stack>
        </Paper>
      )}
      {failed && (
        <Modal
          opened
          onClose={close}
          title={t('failed', { count: failed.failures.length })}
          closeButtonProps={{ 'aria-label': t('close') }}
        >
          <Stack>
            {failed.succeeded > 0 && (
              <Text size="sm">{t('succeeded', { count: failed.succeeded })}</Text>
            )}
            <ul className={classes['names']} tabIndex={0} aria-label={t('failedFiles')}>
              {failed.failures.map(({ id, name, problem }) => (
                <li key={id}>
                  <Text size="sm" fw={600}>
                    <bdi dir="auto">{name}</bdi>
                  </Text>
                  <Text size="sm">{errorText(problem)}</Text>
                </li>
              ))}
            </ul>
            <Group justify="end">
              <Button onClick={close} data-autofocus>
                {t('close')}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  );
}
