import { Title } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { useFormat } from '../shared/format.ts';
import styles from './details.module.css';
import { useDetailFormat } from './use-detail-format.ts';

export function Facts({ file }: { file: FileDetailsFragment }) {
  const { t } = useTranslation('details');
  const format = useFormat();
  const { seconds } = useDetailFormat();
  const { width, height, duration, createdBy } = file;
  const added = format.time(file.createdAt);
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
    { name: t('facts.duration'), value: duration === null ? null : seconds(duration) },
    {
      name: t('facts.added'),
      value: createdBy ? t('facts.addedBy', { date: added, name: createdBy }) : added,
    },
    { name: t('facts.changed'), value: format.time(file.updatedAt) },
    { name: t('facts.id'), value: file.id },
    { name: t('facts.checksum'), value: file.checksum },
  ];
  return (
    <section aria-labelledby="facts" className={styles.facts}>
      <Title order={3} size="h5" id="facts" mb="xs">
        {t('facts.heading')}
      </Title>
      <dl className={styles.factList}>
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
