import { Group, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';

interface Props {
  /** The URLs of both images. */
  readonly now: string;
  readonly next: string;
}

/** Two images over each other: the slider moves the line between them. */
export function CompareSlider({ now, next }: Props) {
  const { t } = useTranslation('details');
  const id = useId();
  const [percent, setPercent] = useState(50);
  return (
    <div>
      <div className={styles.compare}>
        <img src={now} alt={t('versions.now')} />
        <div className={styles.over} style={{ clipPath: `inset(0 0 0 ${100 - percent}%)` }}>
          <img src={next} alt={t('versions.next')} />
        </div>
        <div className={styles.divider} style={{ left: `${100 - percent}%` }} />
      </div>
      <Group justify="space-between" mt="xs">
        <Text size="sm">{t('versions.now')}</Text>
        <label htmlFor={id}>
          <Text size="sm" component="span">
            {t('versions.compare')}
          </Text>
        </label>
        <Text size="sm">{t('versions.next')}</Text>
      </Group>
      <input
        id={id}
        type="range"
        className={styles.range}
        dir="rtl"
        min={0}
        max={100}
        value={percent}
        onChange={({ currentTarget }) => setPercent(currentTarget.valueAsNumber)}
      />
    </div>
  );
}
