import { CloseButton, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ChangeView } from './use-view.ts';

interface Props {
  readonly text: string;
  readonly changeView: ChangeView;
}

/** Searches while one types. The back button leaves the search, not each letter. */
export function SearchField({ text, changeView }: Props) {
  const { t } = useTranslation('files');
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  if (text !== known) {
    setKnown(text);
    // Unless it is what was typed, in which case letters may have been added since.
    if (text !== typed.trim()) setTyped(text);
  }
  const search = useDebouncedCallback((value: string) => {
    const q = value.trim();
    setKnown(q);
    changeView({ q: q === '' ? undefined : q }, { replace: text !== '' && q !== '' });
  }, 200);

  return (
    <TextInput
      type="search"
      aria-label={t('search')}
      placeholder={t('search')}
      dir="auto"
      maxLength={200}
      value={typed}
      leftSection={<IconSearch size={16} aria-hidden />}
      rightSection={
        typed !== '' && (
          <CloseButton
            size="sm"
            aria-label={t('clearSearch')}
            onClick={() => {
              setTyped('');
              search('');
            }}
          />
        )
      }
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        search(event.currentTarget.value);
      }}
    />
  );
}
