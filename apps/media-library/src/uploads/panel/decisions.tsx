import { Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Queue } from '../queue/queue.ts';
import type { Summary } from './summary.ts';
import classes from './upload-panel.module.css';

/** One decision for many files. */
export function Decisions({ queue, summary }: { queue: Queue; summary: Summary }) {
  const { t } = useTranslation('uploads');
  const { duplicates, refused, repeatable } = summary;
  return (
    <>
      {duplicates.length > 1 && (
        <div className={classes['decision']}>
          <Text size="sm" mb={6}>
            {t('all.duplicates', { count: duplicates.length })}
          </Text>
          <Group gap="xs">
            <Button size="compact-sm" onClick={() => queue.useExisting(duplicates)}>
              {t('all.useExisting')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => queue.uploadAnyway(duplicates)}
            >
              {t('all.uploadAnyway')}
            </Button>
          </Group>
        </div>
      )}
      {refused.length > 1 && (
        <div className={classes['decision']}>
          <Text size="sm" mb={6}>
            {t('all.refused', { count: refused.length })}
          </Text>
          <Group gap="xs">
            {repeatable.length > 0 && (
              <Button size="compact-sm" onClick={() => queue.retry(repeatable)}>
                {t('all.retry')}
              </Button>
            )}
            <Button size="compact-sm" variant="default" onClick={() => queue.remove(refused)}>
              {t('all.remove')}
            </Button>
          </Group>
        </div>
      )}
    </>
  );
}
