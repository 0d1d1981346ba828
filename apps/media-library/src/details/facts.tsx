import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useFormat } from '../shared/format.ts';
import styles from './details.module.css';

export function Facts({ file }: { file: FileDetailsFragment }) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const { width, height, duration, createdBy } = file;
  const added = format.date(file.createdAt);
  const rows = [
    { name: t('facts.type'), value: file.mimeType },
    { name: t('facts.size'), value: format.bytes(file.fileSize) },
    {
      name: t('facts.dimensions'),
      value:
        width &&
        height &&
        t('facts.pixels', { width: format.number(width), height: format.number(height) }),
    },
    { name: t('facts.duration'), value: duration === null ? null : format.seconds(duration) },
    {
      name: t('facts.added'),
      value: createdBy ? t('facts.addedBy', { date: added, name: createdBy }) : added,
    },
    { name: t('facts.changed'), value: format.date(file.updatedAt) },
    { name: t('facts.id'), value: file.id },
    { name: t('facts.checksum'), value: file.checksum },
  ];
  return (
    <section aria-labelledby="facts">
      <Title order={3} size="h5" id="facts" mb="xs">
        {t('facts.heading')}
      </Title>
      <dl className={styles.facts}>
        {rows.map(
          ({ name, value }) =>
            value && (
              <div key={name} style={{ display: 'contents' }}>
                <dt>{name}</dt>
                <dd>
                  <bdi>{value}</bdi>
                </dd>
              </div>
            ),
        )}
      </dl>
    </section>
  );
}
