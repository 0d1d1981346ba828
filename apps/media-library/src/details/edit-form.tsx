import { Select, Stack, Switch, TextInput, Textarea } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { MediaVisibility } from '../generated/graphql.ts';
import { IN_DETAILS } from '../shared/suggestions.ts';
import { TagField } from '../shared/tag-field.tsx';
import { AltTextsField } from './alt-texts-field.tsx';
import { FolderField } from './folder-field.tsx';
import { useProblemText } from './problem.ts';
import type { FileEdit } from './use-file-edit.ts';

interface Props {
  readonly edit: FileEdit;
  readonly isEditable: boolean;
  /** The file does not exist any more: what was typed can still be copied. */
  readonly isGone: boolean;
  readonly isImage: boolean;
}

const VISIBILITIES = ['PUBLIC', 'PRIVATE'] as const satisfies readonly MediaVisibility[];

export function EditForm({ edit, isEditable, isGone, isImage }: Props) {
  const { t } = useTranslation('details');
  const textOf = useProblemText();
  const { draft } = edit;
  const errorAt = (field: string) => {
    const problem = edit.problemAt(field);
    return problem && textOf(problem);
  };
  const common = { disabled: !isEditable && !isGone, readOnly: isGone, dir: 'auto' };
  return (
    <Stack gap="md">
      <TextInput
        {...common}
        label={t('fields.originalFilename')}
        maxLength={255}
        value={draft.originalFilename}
        error={errorAt('originalFilename')}
        onChange={({ currentTarget }) => edit.edit({ originalFilename: currentTarget.value })}
      />
      <TextInput
        {...common}
        label={t('fields.title')}
        description={t('hints.title')}
        maxLength={255}
        value={draft.title}
        error={errorAt('title')}
        onChange={({ currentTarget }) => edit.edit({ title: currentTarget.value })}
      />
      <Textarea
        {...common}
        label={t('fields.altText')}
        description={t('hints.altText')}
        autosize
        minRows={2}
        maxLength={500}
        value={draft.altText}
        error={errorAt('altText')}
        onChange={({ currentTarget }) => edit.edit({ altText: currentTarget.value })}
      />
      {isImage && (
        <Switch
          label={t('fields.decorative')}
          description={t('hints.decorative')}
          disabled={!isEditable}
          checked={draft.decorative}
          onChange={({ currentTarget }) => edit.edit({ decorative: currentTarget.checked })}
        />
      )}
      <AltTextsField edit={edit} isEditable={isEditable} isGone={isGone} />
      <Textarea
        {...common}
        label={t('fields.description')}
        description={t('hints.description')}
        autosize
        minRows={2}
        maxRows={10}
        maxLength={5_000}
        value={draft.description}
        error={errorAt('description')}
        onChange={({ currentTarget }) => edit.edit({ description: currentTarget.value })}
      />
      <TagField
        {...IN_DETAILS}
        label={t('fields.tags')}
        description={t('hints.tags')}
        disabled={!isEditable}
        value={draft.tags}
        error={errorAt('tags')}
        onChange={(tags) => edit.edit({ tags })}
      />
      <FolderField
        folder={draft.folder}
        isEditable={isEditable}
        error={errorAt('folder')}
        onChange={(folder) => edit.edit({ folder })}
      />
      <TextInput
        {...common}
        label={t('fields.credit')}
        description={t('hints.credit')}
        maxLength={500}
        value={draft.credit}
        error={errorAt('credit')}
        onChange={({ currentTarget }) => edit.edit({ credit: currentTarget.value })}
      />
      <TextInput
        {...common}
        label={t('fields.copyright')}
        description={t('hints.copyright')}
        maxLength={500}
        value={draft.copyright}
        error={errorAt('copyright')}
        onChange={({ currentTarget }) => edit.edit({ copyright: currentTarget.value })}
      />
      <Select
        {...IN_DETAILS}
        label={t('fields.visibility')}
        disabled={!isEditable}
        allowDeselect={false}
        data={VISIBILITIES.map((value) => ({ value, label: t(`visibility.${value}`) }))}
        value={draft.visibility}
        error={errorAt('visibility')}
        onChange={(chosen) => {
          const visibility = VISIBILITIES.find((one) => one === chosen);
          if (visibility) edit.edit({ visibility });
        }}
      />
    </Stack>
  );
}
