import { Button, Group, Modal, SimpleGrid, Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IN_DIALOG } from '../shared/suggestions.ts';
import { TagField } from '../shared/tag-field.tsx';

interface Props {
  readonly count: number;
  readonly onClose: () => void;
  readonly onChange: (tags: { addTags: string[]; removeTags: string[] }) => void;
}

/** Asks for tags to add and to remove. */
export default function TagsDialog({ count, onClose, onChange }: Props) {
  const { t } = useTranslation('selection');
  const [addTags, setAddTags] = useState<string[]>([]);
  const [removeTags, setRemoveTags] = useState<string[]>([]);
  return (
    <Modal
      opened
      onClose={onClose}
      size="lg"
      title={t('tagsTitle', { count })}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onClose();
          onChange({ addTags, removeTags });
        }}
      >
        <Stack>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <TagField
              {...IN_DIALOG}
              label={t('addTags')}
              value={addTags}
              onChange={setAddTags}
              data-autofocus
            />
            <TagField
              {...IN_DIALOG}
              label={t('removeTags')}
              value={removeTags}
              onChange={setRemoveTags}
            />
          </SimpleGrid>
          <Group justify="end">
            <Button variant="default" onClick={onClose}>
              {t('cancel')}
            </Button>
            <Button type="submit">{t('doTags')}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
