import { useQuery } from '@apollo/client/react';
import { Alert, Button, Loader, Stack, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';
import { HistoryEntry } from './history-entry.tsx';
import { HISTORY } from './queries.ts';

/** Who changed what, newest first. */
export function HistoryPanel({ id }: { id: string }) {
  const { t } = useTranslation('details');
  const { data, loading, error, fetchMore, refetch } = useQuery(HISTORY, {
    variables: { id },
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
    notifyOnNetworkStatusChange: true,
  });
  const log = data?.mediaFile?.auditLog;
  return (
    <Stack align="start">
      {!log && loading && <Loader size="sm" />}
      {error && !loading && (
        <>
          <Alert color="red" role="alert" title={t('history.notRead')} />
          <Button onClick={() => void refetch().catch(() => undefined)}>{t('retry')}</Button>
        </>
      )}
      {log?.edges.length === 0 && <Text>{t('history.none')}</Text>}
      <ol className={styles.entries}>
        {log?.edges.map(({ node }) => (
          <li key={node.id}>
            <HistoryEntry entry={node} />
          </li>
        ))}
      </ol>
      {log?.pageInfo.hasNextPage && (
        <Button
          variant="default"
          loading={loading}
          onClick={() =>
            // A failure is shown as `error`.
            void fetchMore({ variables: { after: log.pageInfo.endCursor } }).catch(() => undefined)
          }
        >
          {t('history.more')}
        </Button>
      )}
    </Stack>
  );
}
