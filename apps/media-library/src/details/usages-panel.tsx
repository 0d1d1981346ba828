import { useQuery } from '@apollo/client/react';
import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { USAGES } from './queries.ts';
import { UsageList } from './usage-list.tsx';

export function UsagesPanel({ id }: { id: string }) {
  const { t } = useTranslation('details');
  const { data, loading, error, fetchMore, refetch } = useQuery(USAGES, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  });
  const usages = data?.mediaFile?.usages;
  return (
    <Stack align="start">
      {!usages && loading && <Loader size="sm" />}
      {error && !loading && (
        <>
          <Alert color="red" role="alert" title={t('usages.notRead')} />
          <Button onClick={() => void refetch().catch(() => undefined)}>{t('retry')}</Button>
        </>
      )}
      {usages && (
        <Text fw={600}>
          {usages.totalCount === 0
            ? t('usages.none')
            : t('usages.count', { count: usages.totalCount })}
        </Text>
      )}
      {usages && <UsageList usages={usages.edges.map(({ node }) => node)} />}
      {usages?.pageInfo.hasNextPage && (
        <Button
          variant="default"
          loading={loading}
          onClick={() =>
            // A failure is shown as `error`.
            void fetchMore({ variables: { after: usages.pageInfo.endCursor } }).catch(
              () => undefined,
            )
          }
        >
          {t('usages.more')}
        </Button>
      )}
    </Stack>
  );
}
