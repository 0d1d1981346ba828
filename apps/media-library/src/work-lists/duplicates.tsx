import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Group, Progress, Text } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../shared/format.ts';
import { DuplicateGroup } from './duplicate-group.tsx';
import { MOST_FILES, type Scan, scan } from './scan.ts';

const SHOWN = 10;

/** Searches for equal files, and shows them together. */
export function Duplicates() {
  const { t } = useTranslation('work');
  const format = useFormat();
  const client = useApolloClient();
  const [state, setState] = useState<'new' | 'running' | 'ended' | 'failed'>('new');
  const [result, setResult] = useState<Scan>({ done: 0, total: 0, duplicates: [] });
  const [shown, setShown] = useState(SHOWN);
  const controller = useRef<AbortController>(null);
  useEffect(() => () => controller.current?.abort(), []);

  async function start() {
    const own = new AbortController();
    controller.current = own;
    setState('running');
    setResult({ done: 0, total: 0, duplicates: [] });
    try {
      await scan(client, { onProgress: setResult, signal: own.signal });
      setState('ended');
    } catch {
      setState(own.signal.aborted ? 'ended' : 'failed');
    }
  }

  const { done, total, duplicates } = result;
  const numbers = { done: format.number(done), total: format.number(Math.min(total, MOST_FILES)) };
  const isBounded = total > MOST_FILES && done >= MOST_FILES;
  return (
    <>
      <Group>
        {state === 'running' ? (
          <Button variant="default" onClick={() => controller.current?.abort()}>
            {t('scan.stop')}
          </Button>
        ) : (
          <Button onClick={() => void start()}>
            {t(state === 'new' ? 'scan.start' : 'scan.again')}
          </Button>
        )}
        <Text size="sm" role="status">
          {state === 'running' && t('scan.running', numbers)}
          {state === 'ended' && t(isBounded ? 'scan.bounded' : 'scan.ended', numbers)}
        </Text>
      </Group>
      {state === 'running' && (
        <Progress
          value={total === 0 ? 0 : (done / Math.min(total, MOST_FILES)) * 100}
          aria-label={t('alt.progress')}
        />
      )}
      {state === 'failed' && <Alert color="red" title={t('failed')} />}
      {state === 'ended' && duplicates.length === 0 && <Text>{t('none.duplicates')}</Text>}
      {duplicates.slice(0, shown).map((duplicate) => (
        <DuplicateGroup key={duplicate.checksum} duplicate={duplicate} />
      ))}
      {duplicates.length > shown && (
        <Button variant="default" onClick={() => setShown(shown + SHOWN)}>
          {t('more')}
        </Button>
      )}
    </>
  );
}
