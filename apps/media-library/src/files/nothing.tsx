import { Button, Stack, Text } from '@mantine/core';
import { IconPhotoPlus, IconSearchOff, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import type { ChangeView } from './use-view.ts';
import { NO_FILTERS, type View, isFiltered } from './view.ts';

interface Props {
  readonly view: View;
  readonly changeView: ChangeView;
}

/** In place of an empty list: why it is empty, and what to do. */
export function Nothing({ view, changeView }: Props) {
  const { t } = useTranslation('files');
  if (isFiltered(view)) {
    return (
      <Stack align="center" p="xl" gap="sm">
        <IconSearchOff size={48} stroke={1.2} aria-hidden />
        <Text>{t('nothing.found')}</Text>
        <Button variant="default" onClick={() => changeView(NO_FILTERS)}>
          {t('filter.clear')}
        </Button>
      </Stack>
    );
  }
  const Icon = view.trashed ? IconTrash : IconPhotoPlus;
  const text = view.trashed ? 'nothing.trash' : view.folder ? 'nothing.folder' : 'nothing.files';
  return (
    <Stack align="center" p="xl" gap="sm">
      <Icon size={48} stroke={1.2} aria-hidden />
      <Text>{t(text)}</Text>
      {!view.trashed && <Text c="dimmed">{t('nothing.upload')}</Text>}
    </Stack>
  );
}
