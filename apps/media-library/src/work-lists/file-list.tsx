import { useQuery } from '@apollo/client/react';
import { Anchor, Button, Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { MediaLibraryFilter, MediaLibraryOrder } from '../generated/graphql.ts';
import { FileEntry } from './file-entry.tsx';
import { ListState } from './list-state.tsx';
import { WORK_FILES } from './queries.ts';
import classes from './work-lists.module.css';

const PAGE = 24;

interface Props {
  readonly name: 'unused' | 'large';
  readonly list: {
    readonly filter: MediaLibraryFilter;
    readonly orderBy: MediaLibraryOrder;
    readonly search: string;
  };
}

/** Files that a filter finds, each with a button that deletes it. */
export function FileList({ name, list: { filter, orderBy, search } }: Props) {
  const { t } = useTranslation('work');
  const { data, loading, error, refetch, fetchMore } = useQuery(WORK_FILES, {
    variables: { first: PAGE, filter, orderBy },
    fetchPolicy: 'cache-and-network',
  });
  if (!data) return <ListState loading={loading} error={error} onRetry={() => void refetch()} />;
  const { nodes, pageInfo, totalCount } = data.mediaLibrary;
  if (nodes.length === 0) return <Text>{t(`none.${name}`)}</Text>;
  return (
    <>
      <Group justify="space-between">
        <Text size="sm">{t('count', { count: totalCount })}</Text>
        <Anchor component={Link} to={{ pathname: '/', search }}>
          {t('inFiles')}
        </Anchor>
      </Group>
      <ul className={classes['files']}>
        {nodes.map((file) => (
          <FileEntry key={file.id} file={file} />
        ))}
      </ul>
      {pageInfo.hasNextPage && (
        <Button
          variant="default"
          onClick={() => void fetchMore({ variables: { after: pageInfo.endCursor } })}
        >
          {t('more')}
        </Button>
      )}
    </>
  );
}
