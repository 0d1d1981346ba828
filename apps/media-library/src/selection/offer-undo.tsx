import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { TFunction } from 'i18next';
import { notify } from '../shared/notify.ts';
import type { FileChanges } from './use-file-changes.ts';

/** Reports that files are in the trash, with a way back. */
export function offerUndo(
  ids: readonly string[],
  changes: FileChanges,
  t: TFunction<'selection'>,
): void {
  const shown = notify({
    autoClose: 15_000,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">{t('done.delete', { count: ids.length })}</Text>
        <Button
          size="xs"
          variant="light"
          onClick={() => {
            notifications.hide(shown);
            void changes.restore(ids);
          }}
        >
          {t('undo')}
        </Button>
      </Group>
    ),
  });
}
