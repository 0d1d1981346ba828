import { Alert, Button, Stack } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRouteError } from 'react-router';

/** In place of a screen that failed. */
export function Failed() {
  const { t } = useTranslation('app');
  const error = useRouteError();
  return (
    <Stack p="xl" align="start">
      <Alert color="red" title={t('failed')}>
        {error instanceof Error ? error.message : null}
      </Alert>
      <Button onClick={() => location.reload()}>{t('retry')}</Button>
    </Stack>
  );
}
