import { Picture } from '@federated-media/client/react';
import { Alert, Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDetailFormat } from '../details/use-detail-format.ts';
import type { DescribedFileFragment } from '../generated/graphql.ts';
import { LANGUAGES } from '../language/language.ts';
import { useSession } from '../session/use-session.ts';
import { type TextDraft, isChanged, startDraft, storedText } from './text-draft.ts';
import { useSaveText } from './use-save-text.ts';
import classes from './work-lists.module.css';

const MAX_LENGTH = 500;

interface Props {
  readonly file: DescribedFileFragment;
  /** What was typed before, if it is not saved. */
  readonly draft: TextDraft | undefined;
  /** Null: nothing is unsaved. */
  readonly onDraft: (draft: TextDraft | null) => void;
  readonly onSaving: (isSaving: boolean) => void;
  readonly onNext: () => void;
  /** Null for the first file. */
  readonly onBack: (() => void) | null;
}

/** The image, and fields for its texts. Works by keyboard alone. */
export function AltTextForm({
  file,
  draft = startDraft(file),
  onDraft,
  onSaving,
  onNext,
  onBack,
}: Props) {
  const { t } = useTranslation('work');
  const { languageName } = useDetailFormat();
  const isEditable = useSession().has('media:write');
  const [isEmpty, setIsEmpty] = useState(false);
  const { save, isSaving } = useSaveText(file);
  const name = file.title ?? file.originalFilename;
  const { altText = file.altText ?? '', decorative = file.decorative, problem } = draft;
  // What is typed while the texts are sent would be lost with the next image.
  const readOnly = !isEditable || isSaving;

  /** After a change of someone else: what would be overwritten. */
  const storedHint = (stored: string, typed: string | undefined) =>
    draft.isConflict && stored !== '' && typed !== undefined && typed.trim() !== stored
      ? t('alt.stored', { text: stored })
      : null;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (readOnly) return;
    const lacksText = altText.trim() === '' && !decorative;
    setIsEmpty(lacksText);
    if (lacksText) return;
    onSaving(true);
    const rejected = isChanged(file, draft) ? await save(draft) : null;
    onSaving(false);
    onDraft(rejected);
    if (!rejected) onNext();
  }

  function press(event: KeyboardEvent<HTMLFormElement>) {
    if (!event.ctrlKey && !event.metaKey) return;
    const action = {
      Enter: () => event.currentTarget.requestSubmit(),
      ArrowDown: onNext,
      ArrowUp: () => onBack?.(),
    };
    if (event.key !== 'Enter' && event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    action[event.key]();
  }

  return (
    <form className={classes['flow']} onSubmit={(event) => void submit(event)} onKeyDown={press}>
      <div className={classes['image']}>
        <Picture
          media={file}
          sizes="(max-width: 48em) 100vw, 60vw"
          alt=""
          priority
          style={{ width: '100%', height: '100%', objectFit: 'contain' }}
        />
      </div>
      <Stack gap="sm">
        <Text fw={600} dir="auto" className={classes['name'] ?? ''}>
          {name}
        </Text>
        <Textarea
          // The next image is described without reaching for the mouse.
          autoFocus
          label={t('alt.text')}
          description={t('alt.textHint')}
          readOnly={readOnly}
          dir="auto"
          autosize
          minRows={3}
          maxLength={MAX_LENGTH}
          disabled={decorative}
          value={altText}
          error={isEmpty ? t('alt.required') : storedHint(file.altText ?? '', draft.altText)}
          onChange={({ currentTarget }) => onDraft({ ...draft, altText: currentTarget.value })}
        />
        {Object.keys(LANGUAGES).map((locale) => (
          <Textarea
            key={locale}
            label={t('alt.textIn', { language: languageName(locale) })}
            lang={locale}
            dir="auto"
            autosize
            minRows={1}
            maxLength={MAX_LENGTH}
            disabled={decorative}
            readOnly={readOnly}
            value={draft.texts[locale] ?? storedText(file, locale)}
            error={storedHint(storedText(file, locale), draft.texts[locale])}
            onChange={({ currentTarget }) =>
              onDraft({ ...draft, texts: { ...draft.texts, [locale]: currentTarget.value } })
            }
          />
        ))}
        <Checkbox
          label={t('alt.decorative')}
          checked={decorative}
          disabled={!isEditable}
          onChange={({ currentTarget: { checked } }) => {
            if (!isSaving) onDraft({ ...draft, decorative: checked });
          }}
        />
        {problem && (
          <Alert color="orange" role="alert">
            {problem}
          </Alert>
        )}
        <Group>
          {isEditable && (
            <Button type="submit" loading={isSaving}>
              {t('alt.save')}
            </Button>
          )}
          <Button variant="default" onClick={onNext}>
            {t('alt.skip')}
          </Button>
          <Button variant="default" disabled={!onBack} onClick={() => onBack?.()}>
            {t('alt.back')}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t(isEditable ? 'alt.keys' : 'alt.readOnly')}
        </Text>
      </Stack>
    </form>
  );
}
