import { Anchor, Button, Text } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import type { WorkFileFragment } from '../generated/graphql.ts';
import { useSession } from '../session/use-session.ts';
import { FileThumbnail } from '../shared/file-thumbnail.tsx';
import { useFormat } from '../shared/format.ts';
import { useTrash } from './use-trash.ts';
import classes from './work-lists.module.css';

export function FileEntry({ file }: { file: WorkFileFragment }) {
  const { t } = useTranslation('work');
  const format = useFormat();
  const session = useSession();
  const name = file.title ?? file.originalFilename;
  const { trash, undo, isBusy, problem } = useTrash(file.id);
  const isTrashed = file.trashedAt !== null;
  return (
    <li className={classes['file']} aria-label={name}>
      <div className={classes['thumbnail']}>
        <FileThumbnail file={file} sizes="64px" />
      </div>
      <div>
        <Anchor
          component={Link}
          to={`/files/${file.id}`}
          dir="auto"
          className={classes['name'] ?? ''}
        >
          {name}
        </Anchor>
        <Text size="xs" c="dimmed">
          {format.bytes(file.fileSize)} · <bdi>{file.folder}</bdi> ·{' '}
          {file.usageCount === 0 ? t('unusedFile') : t('usages', { count: file.usageCount })} ·{' '}
          {t('added', { day: format.day(file.createdAt) })}
        </Text>
        <div role="status">
          {isTrashed && <Text size="sm">{t('deleted', { name })}</Text>}
          {problem && <Text size="sm">{problem}</Text>}
        </div>
      </div>
      {session.has('media:delete') && (
        <div className={classes['action']}>
          <Button
            size="xs"
            variant="default"
            loading={isBusy}
            leftSection={isTrashed ? null : <IconTrash size={16} aria-hidden />}
            aria-label={isTrashed ? undefined : t('deleteNamed', { name })}
            onClick={() => void (isTrashed ? undo() : trash())}
          >
            {t(isTrashed ? 'undo' : 'delete')}
          </Button>
        </div>
      )}
    </li>
  );
}
