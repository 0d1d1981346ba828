import { Button, Checkbox, Fieldset, Group, NativeSelect, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FilterProps } from './filter-props.ts';
import { SizeField } from './size-field.tsx';
import { IN_PANEL } from '../shared/suggestions.ts';
import { TagField } from '../shared/tag-field.tsx';
import { UploaderField } from './uploader-field.tsx';
import { type ViewChange, changesOf } from './use-view.ts';
import { MEDIA_TYPES, NO_FILTERS, activeFilters } from './view.ts';

/** All filters. Each change is shown at once. */
export default function FilterPanel({ mediaTypes = MEDIA_TYPES, ...props }: FilterProps) {
  const { t } = useTranslation('files');
  const { view, changeView } = useDraft(props);
  const { q: _, ...noFilters } = NO_FILTERS;
  const choice = (value: boolean | undefined) => (value === undefined ? '' : String(value));
  const chosen = (text: string) => (text === '' ? undefined : text === 'true');
  return (
    <Stack gap="sm">
      <Fieldset legend={t('filter.type')} variant="unstyled">
        <Group gap="md">
          {mediaTypes.map((type) => (
            <Checkbox
              key={type}
              label={t(`type.${type}`)}
              checked={view.type.includes(type)}
              onChange={({ currentTarget: { checked } }) =>
                changeView((newest) => {
                  const others = newest.type.filter((one) => one !== type);
                  return { type: checked ? [...others, type] : others };
                })
              }
            />
          ))}
        </Group>
      </Fieldset>
      <TagField
        {...IN_PANEL}
        label={t('filter.tag')}
        value={view.tag}
        onChange={(tag) => changeView({ tag })}
      />
      {!view.trashed && (
        // Only those of other files are listed.
        <UploaderField value={view.by} onChange={(by) => changeView({ by })} />
      )}
      <Group grow gap="sm">
        <NativeSelect
          label={t('filter.used')}
          value={choice(view.used)}
          onChange={(event) => changeView({ used: chosen(event.currentTarget.value) })}
          data={[
            { value: '', label: t('filter.any') },
            { value: 'true', label: t('filter.usedTrue') },
            { value: 'false', label: t('filter.usedFalse') },
          ]}
        />
        <NativeSelect
          label={t('filter.missingAlt')}
          value={choice(view.missingAlt)}
          onChange={(event) => changeView({ missingAlt: chosen(event.currentTarget.value) })}
          data={[
            { value: '', label: t('filter.any') },
            { value: 'true', label: t('filter.missingAltTrue') },
            { value: 'false', label: t('filter.missingAltFalse') },
          ]}
        />
      </Group>
      <Group grow gap="sm">
        {(['from', 'to'] as const).map((name) => (
          <TextInput
            key={name}
            type="date"
            label={t(`filter.${name}`)}
            value={view[name] ?? ''}
            onChange={(event) => changeView({ [name]: event.currentTarget.value || undefined })}
          />
        ))}
      </Group>
      <Group grow gap="sm">
        {(['minSize', 'maxSize'] as const).map((name) => (
          <SizeField
            key={name}
            label={t(`filter.${name}`)}
            bytes={view[name]}
            onChange={(bytes) => changeView({ [name]: bytes })}
          />
        ))}
      </Group>
      <Button
        variant="default"
        disabled={activeFilters(view).length === 0}
        onClick={() => changeView(noFilters)}
      >
        {t('filter.clear')}
      </Button>
    </Stack>
  );
}

/** The URL follows a moment later: a field would show its former value until then. */
function useDraft({ view, changeView }: Pick<FilterProps, 'view' | 'changeView'>) {
  const [known, setKnown] = useState(view);
  const [draft, setDraft] = useState(view);
  if (view !== known) {
    setKnown(view);
    setDraft(view);
  }
  return {
    view: draft,
    changeView: (change: ViewChange) => {
      setDraft((newest) => ({ ...newest, ...changesOf(change, newest) }));
      changeView(change);
    },
  };
}
