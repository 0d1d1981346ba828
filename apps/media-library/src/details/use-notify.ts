import { notifications } from '@mantine/notifications';
import { useTranslation } from 'react-i18next';

/** Shows a message for some seconds. */
export function useNotify() {
  const { t } = useTranslation('details');
  return (message: string, outcome: 'success' | 'failure' = 'success') => {
    notifications.show({
      message,
      color: outcome === 'success' ? 'green' : 'red',
      closeButtonProps: { 'aria-label': t('close') },
    });
  };
}
