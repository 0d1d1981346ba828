import type { LibraryMessage, LibraryRequest } from '@federated-media/client';
import { useApolloClient } from '@apollo/client/react';
import { Alert, Button, Group, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { FileGrid } from './file-grid.tsx';
import { MOST_FILES, PICKED_FILES, pickedFilesOf } from './picked-files.ts';
import classes from './picker.module.css';
import { useEscape } from './use-escape.ts';

interface Props {
  readonly request: LibraryRequest;
  readonly send: (message: LibraryMessage) => void;
}

type Problem = 'most' | 'failed' | 'gone';

/** Files to choose from. The selection is in the order in which the files were selected. */
export function Picker({ request, send }: Props) {
  const { t } = useTranslation('picker');
  const client = useApolloClient();
  const [selected, setSelected] = useState<readonly string[]>([]);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [isSending, setIsSending] = useState(false);
  const { multiple, mediaTypes } = request;

  const cancel = () => send({ type: 'federated-media:cancelled' });
  useEscape(cancel);

  function toggle(id: string): void {
    const others = selected.filter((one) => one !== id);
    const isFull = multiple && selected.length === MOST_FILES && others.length === MOST_FILES;
    setProblem(isFull ? 'most' : null);
    if (isFull) return;
    const isSelected = others.length < selected.length;
    setSelected([...(multiple ? others : []), ...(isSelected ? [] : [id])]);
  }

  async function use(ids: readonly string[]): Promise<void> {
    setIsSending(true);
    setProblem(null);
    const { data } = await client
      .query({
        query: PICKED_FILES,
        variables: { ids: [...ids] },
        fetchPolicy: 'network-only',
        errorPolicy: 'all',
      })
      .catch(() => ({ data: undefined }));
    setIsSending(false);
    if (!data) return setProblem('failed');
    const files = pickedFilesOf(data);
    if (files) return send({ type: 'federated-media:chosen', files });
    setProblem('gone');
    setSelected([]);
  }

  return (
    <div className={classes['picker']}>
      <header className={classes['bar']}>
        <Title order={1} size="h4">
          {multiple ? t('title.many') : t('title.one')}
        </Title>
        <Button variant="default" onClick={cancel}>
          {t('cancel')}
        </Button>
      </header>
      <main className={classes['files']}>
        <FileGrid
          mediaTypes={mediaTypes}
          selected={selected}
          isNumbered={multiple}
          onToggle={toggle}
          onOpen={(id) => void use([id])}
        />
      </main>
      <footer className={classes['bar']}>
        <div>
          <Text role="status">{t('selected', { count: selected.length })}</Text>
          {problem && (
            <Alert color="red" role="alert" p="xs">
              {t(problem, { count: MOST_FILES })}
            </Alert>
          )}
        </div>
        <Group>
          <Button
            disabled={selected.length === 0}
            loading={isSending}
            onClick={() => void use(selected)}
          >
            {t('use', { count: selected.length })}
          </Button>
        </Group>
      </footer>
    </div>
  );
}
