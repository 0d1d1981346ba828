import { useQuery } from '@apollo/client/react';
import { Button, Group, Progress, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AltTextForm } from './alt-text-form.tsx';
import { ListState } from './list-state.tsx';
import { WITHOUT_TEXT } from './queries.ts';

const PAGE = 20;
/** The next page is read when so few files are left. */
const NEAR_END = 5;

/** One image without alternative text after another. */
export function AltTextFlow() {
  const { t } = useTranslation('work');
  const [position, setPosition] = useState(0);
  // The list that the flow started with: described files leave only the next one.
  const { data, loading, error, refetch, fetchMore } = useQuery(WITHOUT_TEXT, {
    variables: { first: PAGE },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const library = data?.mediaLibrary;
  const [total, setTotal] = useState<number | null>(null);
  if (total === null && library) setTotal(library.totalCount);

  const isNearEnd = library !== undefined && position >= library.nodes.length - NEAR_END;
  const after = library?.pageInfo.hasNextPage ? library.pageInfo.endCursor : null;
  useEffect(() => {
    if (isNearEnd && after) void fetchMore({ variables: { after } }).catch(() => {});
  }, [isNearEnd, after, fetchMore]);

  if (!library || total === null) {
    return <ListState loading={loading} error={error} onRetry={() => void refetch()} />;
  }
  if (total === 0) return <Text>{t('none.alt-text')}</Text>;
  const file = library.nodes[position];
  const restart = async () => {
    const { data: read } = await refetch();
    setTotal(read?.mediaLibrary.totalCount ?? null);
    setPosition(0);
  };
  if (!file) {
    return (
      <Group role="status">
        <Text>{t('alt.finished')}</Text>
        <Button variant="default" onClick={() => void restart()}>
          {t('alt.again')}
        </Button>
      </Group>
    );
  }
  const shown = t('alt.position', { position: position + 1, total });
  return (
    <>
      <div>
        <Text size="sm" role="status">
          {shown}
        </Text>
        <Progress.Root size="sm" mt={4}>
          <Progress.Section
            value={(position / total) * 100}
            aria-label={t('alt.progress')}
            aria-valuetext={shown}
          />
        </Progress.Root>
      </div>
      <AltTextForm
        key={file.id}
        file={file}
        onNext={() => setPosition(position + 1)}
        onBack={position > 0 ? () => setPosition(position - 1) : null}
      />
    </>
  );
}
