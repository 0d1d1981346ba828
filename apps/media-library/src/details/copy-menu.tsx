import { Button, Code, Menu, Stack, Text } from '@mantine/core';
import { IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import styles from './details.module.css';
import { graphSnippet, imageSnippet } from './snippets.ts';
import { Dialog } from './dialog.tsx';
import { report } from '../shared/notify.ts';

/** Copies what others need to show the file, and downloads it. */
export function CopyMenu({ file }: { file: FileDetailsFragment }) {
  const { t } = useTranslation('details');
  const [shown, setShown] = useState<string | null>(null);

  async function copy(text: string) {
    try {
      await navigator.clipboard.writeText(text);
      report(t('copy.done'));
    } catch {
      setShown(text);
    }
  }

  const { originalUrl: url, downloadUrl } = file;
  return (
    <>
      <Menu position="bottom-start" zIndex={400}>
        <Menu.Target>
          <Button variant="default" leftSection={<IconCopy size={18} aria-hidden />}>
            {t('copy.menu')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {url && <Menu.Item onClick={() => void copy(url)}>{t('copy.url')}</Menu.Item>}
          {file.snippetUrl && (
            <Menu.Item onClick={() => void copy(imageSnippet(file))}>{t('copy.image')}</Menu.Item>
          )}
          <Menu.Item onClick={() => void copy(graphSnippet(file))}>{t('copy.graph')}</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {downloadUrl && (
        <Button
          component="a"
          href={downloadUrl}
          download
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
        >
          {t('copy.download')}
        </Button>
      )}
      <Dialog opened={shown !== null} onClose={() => setShown(null)} title={t('copy.menu')}>
        <Stack>
          <Text size="sm">{t('copy.failed')}</Text>
          <Code block className={styles.wrap}>
            {shown}
          </Code>
        </Stack>
      </Dialog>
    </>
  );
}
