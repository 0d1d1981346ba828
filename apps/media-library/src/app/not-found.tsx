import { Stack, Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';

export function NotFound() {
  const { t } = useTranslation('app');
  return (
    <Stack p="xl" align="center">
      <Title order={1} size="h3">
        {t('notFound')}
      </Title>
      <Link to="/">{t('toFiles')}</Link>
    </Stack>
  );
}
