import { useApolloClient } from '@apollo/client/react';
import type { MediaType, PickedFile } from '@federated-media/client';
import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Selection } from '../selection/use-selection.ts';
import { ChosenFiles } from './chosen-files.tsx';
import { MOST_FILES, type PickProblem, readPickedFiles } from './picked-files.ts';
import classes from './picker.module.css';

interface Props {
  readonly selection: Selection;
  /** Null: files of all types. */
  readonly mediaTypes: readonly MediaType[] | null;
  readonly onCancel: () => void;
  readonly onUse: (files: readonly PickedFile[]) => void;
}

/** The selected files in their order, and what to do with them. */
export function ChoiceBar({ selection, mediaTypes, onCancel, onUse }: Props) {
  const { t } = useTranslation('picker');
  const client = useApolloClient();
  const [problem, setProblem] = useState<PickProblem | null>(null);
  const [isReading, setIsReading] = useState(false);
  const ids = [...selection.ids];
  const count = ids.length;
  const areTooMany = count > MOST_FILES;

  async function use(): Promise<void> {
    setProblem(null);
    setIsReading(true);
    const result = await readPickedFiles(client, { ids, mediaTypes });
    setIsReading(false);
    if (typeof result === 'string') setProblem(result);
    else onUse(result);
  }

  return (
    <>
      <ChosenFiles ids={ids} onRemove={selection.toggle} />
      <div className={classes['message']}>
        <Text role="status" size="sm">
          {t('selected', { count })}
        </Text>
        {(problem !== null || areTooMany) && (
          <Text role="alert" size="sm" className={classes['problem']}>
            {areTooMany ? t('most', { count: MOST_FILES }) : problem && t(problem)}
          </Text>
        )}
      </div>
      <Group gap="sm" wrap="nowrap">
        <Button variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
        <Button disabled={count === 0 || areTooMany} loading={isReading} onClick={() => void use()}>
          {t('use', { count })}
        </Button>
      </Group>
    </>
  );
}
