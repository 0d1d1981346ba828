import { Group, NativeSelect, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CompareSlider } from './compare-slider.tsx';
import { Dialog } from './dialog.tsx';

interface Version {
  readonly number: number;
  readonly current: boolean;
  readonly largeUrl: string | null;
}

interface Props {
  /** Newest first. */
  readonly versions: readonly Version[];
  /** The two that are shown first. */
  readonly before: Version;
  readonly after: Version;
  readonly onClose: () => void;
}

/** Two stored versions of an image over each other. */
export function CompareDialog({ versions, onClose, ...first }: Props) {
  const { t } = useTranslation('details');
  const [before, setBefore] = useState(first.before);
  const [after, setAfter] = useState(first.after);
  const nameOf = ({ number, current }: Version) =>
    current ? t('versions.numberNow', { number }) : t('versions.number', { number });
  const selects = [
    { label: t('versions.left'), shown: before, show: setBefore },
    { label: t('versions.right'), shown: after, show: setAfter },
  ];
  return (
    <Dialog opened onClose={onClose} title={t('versions.compareTitle')} size="xl">
      <Stack>
        <Group grow>
          {selects.map(({ label, shown, show }) => (
            <NativeSelect
              key={label}
              label={label}
              value={shown.number}
              onChange={({ currentTarget }) =>
                show(versions.find(({ number }) => String(number) === currentTarget.value) ?? shown)
              }
              data={versions.map((one) => ({ value: String(one.number), label: nameOf(one) }))}
            />
          ))}
        </Group>
        {before.largeUrl && after.largeUrl && (
          <CompareSlider
            before={{ url: before.largeUrl, name: nameOf(before) }}
            after={{ url: after.largeUrl, name: nameOf(after) }}
          />
        )}
      </Stack>
    </Dialog>
  );
}
