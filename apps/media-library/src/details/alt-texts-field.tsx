import { ActionIcon, Fieldset, Group, Stack, Textarea } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { LocaleField } from './locale-field.tsx';
import { useProblemText } from './problem.ts';
import { useDetailFormat } from './use-detail-format.ts';
import type { FileEdit } from './use-file-edit.ts';

interface Props {
  readonly edit: FileEdit;
  readonly isEditable: boolean;
  readonly isGone: boolean;
}

/** The alternative texts per language: one is added empty, and one without text is not stored. */
export function AltTextsField({ edit, isEditable, isGone }: Props) {
  const { t } = useTranslation('details');
  const { languageName } = useDetailFormat();
  const textOf = useProblemText();
  const { altTexts } = edit.draft;
  const without = (locale: string) => altTexts.filter((one) => one.locale !== locale);
  const withText = (locale: string, text: string) =>
    altTexts.map((one) => (one.locale === locale ? { locale, text } : one));
  const general = edit.problemAt('altTexts');
  return (
    <Fieldset legend={t('fields.altTexts')} disabled={!isEditable && !isGone}>
      <Stack gap="sm">
        {altTexts.map(({ locale, text }) => {
          const language = `${languageName(locale)} (${locale})`;
          const problem = edit.problemAt(`altTexts.${locale}`);
          return (
            <Group key={locale} align="end" gap="xs" wrap="nowrap">
              <Textarea
                flex={1}
                label={language}
                aria-label={t('locales.label', { language })}
                lang={locale}
                dir="auto"
                autosize
                minRows={1}
                maxLength={500}
                readOnly={isGone}
                value={text}
                error={problem && textOf(problem)}
                onChange={({ currentTarget }) =>
                  edit.edit({ altTexts: withText(locale, currentTarget.value) })
                }
              />
              <ActionIcon
                disabled={isGone}
                variant="subtle"
                color="red"
                size="lg"
                aria-label={t('locales.remove', { language })}
                onClick={() => edit.edit({ altTexts: without(locale) })}
              >
                <IconTrash size={18} aria-hidden />
              </ActionIcon>
            </Group>
          );
        })}
        {!isGone && (
          <LocaleField
            present={altTexts.map(({ locale }) => locale)}
            error={general && textOf(general)}
            onAdd={(locale) => {
              const added = [...altTexts, { locale, text: '' }];
              edit.edit({ altTexts: added.toSorted((a, b) => (a.locale < b.locale ? -1 : 1)) });
            }}
          />
        )}
      </Stack>
    </Fieldset>
  );
}
