import { notifications } from '@mantine/notifications';
import i18next from 'i18next';

export type Notice = Parameters<typeof notifications.show>[0];

/** A notification that people who use a screen reader can close too. Returns its id. */
export const notify = (notice: Notice): string =>
  notifications.show({ ...notice, closeButtonProps: { 'aria-label': i18next.t('close') } });

/** Shows the outcome of a change for some seconds. */
export function report(message: string, outcome: 'success' | 'failure' = 'success'): void {
  notify({ message, color: outcome === 'success' ? 'green' : 'red' });
}
