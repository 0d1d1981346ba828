import { Group, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';

interface Shown {
  readonly url: string;
  readonly name: string;
}

interface Props {
  /** On the left. */
  readonly before: Shown;
  /** On the right, as much of it as the slider says. */
  readonly after: Shown;
}

/** Two images over each other: the slider moves the line between them. */
export function CompareSlider({ before, after }: Props) {
  const { t } = useTranslation('details');
  const id = useId();
  const [percent, setPercent] = useState(50);
  return (
    <div>
      <div className={styles.compare}>
        <img src={before.url} alt={before.name} />
        <div className={styles.over} style={{ clipPath: `inset(0 0 0 ${100 - percent}%)` }}>
          <img src={after.url} alt={after.name} />
        </div>
        <div className={styles.divider} style={{ left: `${100 - percent}%` }} />
      </div>
      <Group justify="space-between" mt="xs">
        <Text size="sm">{before.name}</Text>
        <label htmlFor={id}>
          <Text size="sm" component="span">
            {t('versions.shown', { name: after.name })}
          </Text>
        </label>
        <Text size="sm">{after.name}</Text>
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
