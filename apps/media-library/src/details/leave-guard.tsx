import { Button, Group, Text } from '@mantine/core';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useBeforeUnload, useBlocker } from 'react-router';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly isDirty: boolean;
  /** What would be lost. */
  readonly text?: string;
}

/** Asks before unsaved changes are lost: when another screen is opened, and when the page is left. */
export function LeaveGuard({ isDirty, text }: Props) {
  const { t } = useTranslation('details');
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useBeforeUnload(useCallback((event) => isDirty && event.preventDefault(), [isDirty]));
  return (
    <Dialog
      opened={blocker.state === 'blocked'}
      onClose={() => blocker.reset?.()}
      title={t('leave.title')}
      centered
    >
      <Text>{text ?? t('leave.text')}</Text>
      <Group justify="end" mt="lg">
        <Button variant="default" onClick={() => blocker.reset?.()} data-autofocus>
          {t('leave.stay')}
        </Button>
        <Button color="red" onClick={() => blocker.proceed?.()}>
          {t('leave.leave')}
        </Button>
      </Group>
    </Dialog>
  );
}
