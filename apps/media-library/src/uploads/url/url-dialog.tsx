import { useMutation } from '@apollo/client/react';
import { Alert, Button, Group, List, Modal, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { graphql } from '../../generated/gql.ts';
import { announceChange } from '../../graph/changes.ts';
import type { Refusal } from '../queue/upload-item.ts';
import { refusalText } from '../refusals.ts';

const IMPORT = graphql(`
  mutation ImportFromUrl($input: ImportMediaInput!) {
    importMedia(input: $input) {
      mediaFile {
        id
      }
      reused
      userErrors {
        code
        message
      }
    }
  }
`);

interface Props {
  readonly folder: string;
  readonly onClose: () => void;
}

interface Failed {
  readonly url: string;
  readonly text: string;
}

interface Result {
  readonly done: number;
  readonly reused: number;
  readonly failed: readonly Failed[];
}
/** The server fetches each of them while the request waits. */
const AT_A_TIME = 4;
const NO_RESULT: Result = { done: 0, reused: 0, failed: [] };

/** The server fetches the files. URLs that fail stay in the field; until they are known, it cannot be closed. */
export function UrlDialog({ folder, onClose }: Props) {
  const { t } = useTranslation('uploads');
  const [text, setText] = useState('');
  const [isRunning, setIsRunning] = useState(false);
  const [result, setResult] = useState(NO_RESULT);
  const [importMedia] = useMutation(IMPORT);
  const urls = [...new Set(text.split(/\s+/).filter(Boolean))];

  async function fetchOne(url: string): Promise<{ reused: boolean } | Failed> {
    if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return { url, text: t('url.invalid') };
    const refused = (refusal: Refusal) => ({ url, text: refusalText(t, refusal) });
    try {
      const input = { url, details: { folder }, onDuplicate: 'REUSE' as const };
      const { data } = await importMedia({ variables: { input } });
      const [error] = data.importMedia.userErrors;
      return error ? refused(error) : { reused: data.importMedia.reused };
    } catch (error) {
      return refused({ code: 'UNEXPECTED', message: error instanceof Error ? error.message : '' });
    }
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    setIsRunning(true);
    const results: Awaited<ReturnType<typeof fetchOne>>[] = [];
    const waiting = urls.entries();
    const fetchNext = async () => {
      for (const [index, url] of waiting) results[index] = await fetchOne(url);
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, fetchNext));
    const failed = results.filter((one) => 'url' in one);
    const fetched = results.filter((one) => 'reused' in one);
    const reused = fetched.filter((one) => one.reused).length;
    setResult({ done: fetched.length - reused, reused, failed });
    setText(failed.map(({ url }) => url).join('\n'));
    setIsRunning(false);
    if (fetched.length > 0) announceChange();
    if (failed.length === 0 && reused === 0) onClose();
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={t('url.title')}
      size="lg"
      closeOnEscape={!isRunning}
      closeOnClickOutside={!isRunning}
      closeButtonProps={{ 'aria-label': t('close'), disabled: isRunning }}
    >
      <form onSubmit={(event) => void submit(event)}>
        <Stack>
          <Textarea
            data-autofocus
            label={t('url.label')}
            description={t('url.hint')}
            placeholder="https://"
            autosize
            minRows={3}
            maxRows={10}
            value={text}
            readOnly={isRunning}
            spellCheck={false}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          <div role="status">
            {isRunning && <Text size="sm">{t('url.running')}</Text>}
            {!isRunning && result.done > 0 && (
              <Text size="sm">{t('url.done', { count: result.done })}</Text>
            )}
            {!isRunning && result.reused > 0 && (
              <Text size="sm">{t('url.reused', { count: result.reused })}</Text>
            )}
          </div>
          {!isRunning && result.failed.length > 0 && (
            <Alert color="orange" role="alert">
              <List size="sm" spacing="xs">
                {result.failed.map((one) => (
                  <List.Item key={one.url}>
                    <bdi>{one.url}</bdi>: {one.text}
                  </List.Item>
                ))}
              </List>
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" disabled={isRunning} onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" loading={isRunning} disabled={urls.length === 0}>
              {t('url.submit')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
