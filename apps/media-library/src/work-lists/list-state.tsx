import { Alert, Button, Loader } from '@mantine/core';
import { useTranslation } from 'react-i18next';

interface Props {
  readonly loading: boolean;
  readonly error: Error | undefined;
  readonly onRetry: () => void;
}

/** In place of a list that is not there yet, or could not be read. */
export function ListState({ loading, error, onRetry }: Props) {
  const { t } = useTranslation('work');
  if (loading || !error) return <Loader aria-label={t('loading')} />;
  return (
    <Alert color="red" title={t('failed')}>
      <Button variant="default" size="xs" onClick={onRetry}>
        {t('retry')}
      </Button>
    </Alert>
  );
}
