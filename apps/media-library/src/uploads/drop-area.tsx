import { Paper, Text } from '@mantine/core';
import { getDroppedFiles } from '@uppy/core/utils';
import { useEffect, useEffectEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { notify } from '../shared/notify.ts';
import classes from './drop-area.module.css';
import { chosenFiles, folderOf } from './folders.ts';
import { send } from './incoming.ts';
import { useTimeName } from './use-time-name.ts';

/** Accepts files that are dropped anywhere, and images that are pasted. */
export function DropArea() {
  const { t } = useTranslation('uploads');
  const [parameters] = useSearchParams();
  const folder = folderOf(parameters);
  const [isOver, setIsOver] = useState(false);
  const timeName = useTimeName();

  const drop = useEffectEvent(async (event: DragEvent) => {
    setIsOver(false);
    if (!event.dataTransfer || !hasFiles(event)) return;
    event.preventDefault();
    // The folder that is shown now, not when a large one has been read.
    const target = folder;
    const files = await getDroppedFiles(event.dataTransfer, {
      logDropError: () => notify({ color: 'red', message: t('unreadable') }),
    });
    send({ kind: 'files', files: chosenFiles(files, target) });
  });
  const paste = useEffectEvent((event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0 || isText(event)) return;
    event.preventDefault();
    const named = files.map((file) => ({ file, folder, name: timeName('pastedName', file) }));
    send({ kind: 'files', files: named });
  });

  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    /** Each element below the pointer reports when it is left, also if the next one is in the page. */
    addEventListener(
      'dragover',
      (event) => {
        if (!hasFiles(event) || event.defaultPrevented) return;
        event.preventDefault();
        if (event.dataTransfer) event.dataTransfer.dropEffect = 'copy';
        setIsOver(true);
      },
      { signal },
    );
    addEventListener(
      'dragleave',
      ({ relatedTarget }) => {
        if (relatedTarget === null) setIsOver(false);
      },
      { signal },
    );
    addEventListener('drop', (event) => void drop(event), { signal });
    addEventListener('paste', paste, { signal });
    return () => controller.abort();
  }, []);

  if (!isOver) return null;
  return (
    <div className={classes['overlay']} role="status">
      <Paper shadow="md" p="xl" withBorder>
        <Text size="lg" ta="center">
          {t('drop')}{' '}
          <Text span fw={700} dir="auto" inherit>
            {folder}
          </Text>
        </Text>
      </Paper>
    </div>
  );
}

/** Spreadsheets copy cells as text and as an image of them; a field takes the text. */
const isText = ({ target, clipboardData }: ClipboardEvent) =>
  target instanceof Element &&
  target.closest('input, textarea, [contenteditable]') !== null &&
  clipboardData?.types.includes('text/plain');

const hasFiles = ({ dataTransfer }: DragEvent) => dataTransfer?.types.includes('Files') ?? false;
