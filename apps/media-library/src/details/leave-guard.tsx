import { Button, Group, Text } from '@mantine/core';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useBeforeUnload, useBlocker } from 'react-router';
import { Dialog } from './dialog.tsx';

/** How long leaving waits for the changes to be saved before the user can decide. */
const PATIENCE_MS = 2_000;
/** Two versions may be compared at this moment. */
const ABOVE_DIALOGS = 300;

interface Props {
  readonly isDirty: boolean;
  readonly isSaving: boolean;
  /** What would be lost. */
  readonly text: string;
}

/**
 * Asks before unsaved changes are lost: when another screen is opened, and when the page is left. While they are saved,
 * another screen waits, and is opened as soon as nothing is unsaved.
 */
export function LeaveGuard({ isDirty, isSaving, text }: Props) {
  const { t } = useTranslation('details');
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) =>
      isDirty && currentLocation.pathname !== nextLocation.pathname,
  );
  useBeforeUnload(useCallback((event) => isDirty && event.preventDefault(), [isDirty]));
  const isBlocked = blocker.state === 'blocked';
  const isLong = useIsLong(isBlocked && isSaving);
  useEffect(() => {
    if (blocker.state === 'blocked' && !isDirty) blocker.proceed();
  }, [blocker, isDirty]);
  const stay = () => blocker.reset?.();
  return (
    <Dialog
      opened={isBlocked && isDirty && (!isSaving || isLong)}
      onClose={stay}
      title={t(isSaving ? 'leave.savingTitle' : 'leave.title')}
      centered
      zIndex={ABOVE_DIALOGS}
    >
      <Text>{isSaving ? t('leave.saving') : text}</Text>
      <Group justify="end" mt="lg">
        <Button variant="default" onClick={stay} data-autofocus>
          {t('leave.stay')}
        </Button>
        <Button color="red" onClick={() => blocker.proceed?.()}>
          {t(isSaving ? 'leave.leaveNow' : 'leave.leave')}
        </Button>
      </Group>
    </Dialog>
  );
}

/** Whether `isWaiting` has been true for long. */
function useIsLong(isWaiting: boolean): boolean {
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setTimeout(() => setLong(true), PATIENCE_MS);
    return () => {
      clearTimeout(timer);
      setLong(false);
    };
  }, [isWaiting]);
  return isLong;
}
