import { Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileHistoryQuery } from '../generated/graphql.ts';
import { useFormat } from '../shared/format.ts';
import styles from './details.module.css';
import { useShownValue } from './shown-value.ts';

type Log = NonNullable<FileHistoryQuery['mediaFile']>['auditLog'];
type Entry = Log['edges'][number]['node'];

const ACTIONS = [
  'uploaded',
  'imported',
  'processed',
  'updated',
  'contentReplaced',
  'contentRestored',
  'trashed',
  'restored',
  'purged',
] as const;
const FIELDS = [
  'originalFilename',
  'title',
  'altText',
  'altTexts',
  'decorative',
  'description',
  'tags',
  'folder',
  'credit',
  'copyright',
  'visibility',
  'focalPoint',
  'mimeType',
  'fileSize',
  'width',
  'height',
  'checksum',
  'contentNumber',
  'trashedAt',
  'status',
  'failure',
] as const;

/** "Anna changed the file", when, and each field with its value before and after. */
export function HistoryEntry({ entry }: { entry: Entry }) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const shown = useShownValue();
  const action = ACTIONS.find((one) => one === entry.action) ?? 'other';
  const actor = entry.actor === 'system' ? t('history.system') : entry.actor;
  return (
    <>
      <Text>
        <strong>
          <bdi>{actor}</bdi>
        </strong>{' '}
        {t(`history.actions.${action}`)}
      </Text>
      <Text size="sm" c="dimmed">
        <time dateTime={entry.at}>{format.time(entry.at)}</time>
      </Text>
      {entry.changes.length > 0 && (
        <ul className={styles.changes}>
          {entry.changes.map(({ field, before, after }) => {
            const known = FIELDS.find((one) => one === field);
            return (
              <li key={field}>
                {known ? t(`fields.${known}`) : field}:{' '}
                {before !== null && (
                  <>
                    <bdi>{shown(field, before)}</bdi> →{' '}
                  </>
                )}
                <bdi>{shown(field, after)}</bdi>
              </li>
            );
          })}
        </ul>
      )}
    </>
  );
}
