import { useQuery } from '@apollo/client/react';
import { Group, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../shared/format.ts';
import { FileEntry } from './file-entry.tsx';
import { ListState } from './list-state.tsx';
import { WORK_FILES } from './queries.ts';
import type { Duplicate } from './scan.ts';
import classes from './work-lists.module.css';

const MOST_COPIES = 50;

/** All files with the same bytes, the oldest first. */
export function DuplicateGroup({ duplicate }: { duplicate: Duplicate }) {
  const { t } = useTranslation('work');
  const format = useFormat();
  const { checksum, fileSize, copies } = duplicate;
  const { data, loading, error, refetch } = useQuery(WORK_FILES, {
    variables: {
      first: MOST_COPIES,
      filter: { checksum },
      orderBy: { field: 'CREATED_AT', direction: 'ASC' },
    },
    fetchPolicy: 'cache-and-network',
  });
  return (
    <div className={classes['group']}>
      <Group justify="space-between" mb="xs">
        <Text fw={600} size="sm">
          {t('scan.copies', { count: copies })}
        </Text>
        <Text size="sm" c="dimmed">
          {t('scan.wasted', { bytes: format.bytes((copies - 1) * fileSize) })}
        </Text>
      </Group>
      {data ? (
        <ul className={classes['files']}>
          {data.mediaLibrary.nodes.map((file) => (
            <FileEntry key={file.id} file={file} />
          ))}
        </ul>
      ) : (
        <ListState loading={loading} error={error} onRetry={() => void refetch()} />
      )}
    </div>
  );
}
