import { Autocomplete, Button, Group, Modal, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { visibleFolders } from '../folders/tree.ts';
import { useFolders } from '../folders/use-folders.ts';
import { IN_DIALOG } from '../shared/suggestions.ts';

interface Props {
  readonly count: number;
  readonly onClose: () => void;
  readonly onMove: (folder: string) => void;
}

/** Asks for a folder: one of those that exist, or a new one. */
export default function MoveDialog({ count, onClose, onMove }: Props) {
  const { t } = useTranslation('selection');
  const { folders } = useFolders();
  const [folder, setFolder] = useState('');
  const paths = visibleFolders(folders, { has: () => true }).map(({ path }) => path);
  return (
    <Modal
      opened
      onClose={onClose}
      title={t('moveTitle', { count })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onMove(folder.trim());
        }}
      >
        <Stack>
          <Autocomplete
            {...IN_DIALOG}
            label={t('folder')}
            description={t('folderHint')}
            dir="auto"
            required
            data-autofocus
            maxLength={100}
            data={paths}
            value={folder}
            onChange={setFolder}
          />
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit" disabled={folder.trim() === ''}>
              {t('doMove')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
