import { Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './details.module.css';
import { type Draft, type Field, FIELDS, changedFields } from './draft.ts';
import { useShownValue } from './shown-value.ts';
import { Dialog } from './dialog.tsx';

interface Props {
  readonly conflict: {
    /** As both editors read it. */
    readonly before: Draft;
    readonly mine: Draft;
    readonly stored: Draft;
  };
  readonly onClose: () => void;
  /** With the fields whose own version is saved. */
  readonly onResolve: (kept: readonly Field[]) => void;
}

/** Both versions of each field that this editor changed, to choose from. */
export function ConflictDialog({ conflict, onClose, onResolve }: Props) {
  const { t } = useTranslation('details');
  const shown = useShownValue();
  const { before, mine, stored } = conflict;
  const changed = new Set(changedFields(before, mine));
  const different = changedFields(stored, mine).filter((field) => changed.has(field));
  const others = changedFields(before, stored).filter((field) => !changed.has(field));
  const [theirs, setTheirs] = useState<ReadonlySet<Field>>(new Set());

  function choose(field: Field, choice: string) {
    const next = new Set(theirs);
    if (choice === 'theirs') next.add(field);
    else next.delete(field);
    setTheirs(next);
  }

  const listed = others.map((field) => t(`fields.${field}`)).join(', ');
  return (
    <Dialog opened onClose={onClose} title={t('conflict.title')} size="lg">
      <Stack>
        <Text>{t('conflict.text')}</Text>
        {different.map((field) => (
          <Radio.Group
            key={field}
            label={t(`fields.${field}`)}
            value={theirs.has(field) ? 'theirs' : 'mine'}
            onChange={(choice) => choose(field, choice)}
          >
            <Stack gap="xs" mt="xs">
              {(['mine', 'theirs'] as const).map((choice) => (
                <Radio
                  key={choice}
                  value={choice}
                  label={t(`conflict.${choice}`)}
                  description={
                    <bdi className={styles.wrap}>
                      {shown(field, choice === 'mine' ? mine[field] : stored[field])}
                    </bdi>
                  }
                />
              ))}
            </Stack>
          </Radio.Group>
        ))}
        {others.length > 0 && <Text size="sm">{t('conflict.others', { fields: listed })}</Text>}
        <Group justify="end">
          <Button variant="default" onClick={onClose}>
            {t('conflict.later')}
          </Button>
          <Button
            onClick={() => onResolve(FIELDS.filter((one) => changed.has(one) && !theirs.has(one)))}
          >
            {t('conflict.save')}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
