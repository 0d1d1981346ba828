import { ActionIcon, Badge, Button, Group, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useFormat } from '../shared/format.ts';
import styles from './details.module.css';

export type Version = FileDetailsFragment['contentVersions'][number];

interface Props {
  readonly version: Version;
  /** Absent: there is nothing to compare it with. */
  readonly onCompare: (() => void) | undefined;
  /** Absent: it is served, or the editor may not change the file. */
  readonly onRestore: (() => void) | undefined;
  /** Which one of the versions is being restored. */
  readonly restoring: number | null;
}

/** A version of the bytes, with what one can do with it. */
export function VersionEntry({ version, onCompare, onRestore, restoring }: Props) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const { number, width, height, thumbnailUrl, downloadUrl } = version;
  const facts = [
    format.time(version.createdAt),
    version.mimeType,
    format.bytes(version.fileSize),
    width &&
      height &&
      t('facts.pixels', { width: format.number(width), height: format.number(height) }),
  ];
  return (
    <Group justify="space-between" gap="xs">
      <Group wrap="nowrap" flex="1 1 14rem">
        {thumbnailUrl && (
          <img src={thumbnailUrl} alt="" loading="lazy" className={styles.versionThumbnail} />
        )}
        <div>
          <Group gap="xs">
            <Text fw={600}>{t('versions.number', { number })}</Text>
            {version.current && <Badge variant="light">{t('versions.current')}</Badge>}
          </Group>
          <Text size="sm" c="dimmed">
            {facts.filter(Boolean).join(' · ')}
          </Text>
        </div>
      </Group>
      <Group gap="xs" wrap="nowrap" flex="none">
        {downloadUrl && (
          <ActionIcon
            component="a"
            href={downloadUrl}
            download
            variant="default"
            size={30}
            aria-label={t('versions.download', { number })}
            title={t('versions.download', { number })}
          >
            <IconDownload size={18} aria-hidden />
          </ActionIcon>
        )}
        {onCompare && (
          <Button
            variant="default"
            size="xs"
            onClick={onCompare}
            aria-label={t('versions.compareNumber', { number })}
          >
            {t('versions.compare')}
          </Button>
        )}
        {onRestore && (
          <Button
            variant="default"
            size="xs"
            loading={restoring === number}
            disabled={restoring !== null}
            onClick={onRestore}
            aria-label={t('versions.restore', { number })}
          >
            {t('trash.restore')}
          </Button>
        )}
      </Group>
    </Group>
  );
}
