import { Autocomplete, Button, Group } from '@mantine/core';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { IN_DETAILS, useOpenList } from '../shared/suggestions.ts';
import { localeOf, localesToOffer } from './locales.ts';

interface Props {
  readonly present: readonly string[];
  readonly error: string | undefined;
  readonly onAdd: (locale: string) => void;
}

/** Adds a language by its name or its tag (BCP 47). */
export function LocaleField({ present, error, onAdd }: Props) {
  const { t, i18n } = useTranslation('details');
  const list = useOpenList();
  const [typed, setTyped] = useState('');
  const [refusal, setRefusal] = useState<string>();
  const offered = localesToOffer(i18n.language).filter(({ locale }) => !present.includes(locale));

  function add() {
    const locale = localeOf(typed, i18n.language);
    if (locale === null) return setRefusal(t('locales.invalid'));
    if (present.includes(locale)) return setRefusal(t('locales.present'));
    setTyped('');
    setRefusal(undefined);
    list.close();
    onAdd(locale);
  }

  function addByKey(event: KeyboardEvent) {
    // With an open list, Enter chooses from it.
    if (event.key !== 'Enter' || event.defaultPrevented) return;
    event.preventDefault();
    add();
  }

  return (
    <Group align="end" gap="xs" wrap="nowrap">
      <Autocomplete
        {...IN_DETAILS}
        {...list.props}
        flex={1}
        label={t('locales.add')}
        description={t('locales.hint')}
        limit={20}
        data={offered.map(({ name }) => name)}
        value={typed}
        error={refusal ?? error}
        inputWrapperOrder={['label', 'description', 'input', 'error']}
        onChange={(value) => {
          setTyped(value);
          setRefusal(undefined);
        }}
        onKeyDown={addByKey}
      />
      <Button variant="default" onClick={add} disabled={typed.trim() === ''}>
        {t('locales.confirm')}
      </Button>
    </Group>
  );
}
