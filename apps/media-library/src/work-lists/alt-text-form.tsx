import { Picture } from '@federated-media/client/react';
import { Alert, Button, Checkbox, Group, Stack, Text, Textarea } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DescribedFileFragment } from '../generated/graphql.ts';
import { LANGUAGES } from '../language/language.ts';
import { useSaveText } from './use-save-text.ts';
import classes from './work-lists.module.css';

const MAX_LENGTH = 500;

interface Props {
  readonly file: DescribedFileFragment;
  readonly onNext: () => void;
  /** Null for the first file. */
  readonly onBack: (() => void) | null;
}

/** The image, and fields for its texts. Works by keyboard alone. */
export function AltTextForm({ file, onNext, onBack }: Props) {
  const { t } = useTranslation('work');
  const [altText, setAltText] = useState(file.altText ?? '');
  const [decorative, setDecorative] = useState(file.decorative);
  const [texts, setTexts] = useState<Record<string, string>>(() =>
    Object.fromEntries(file.altTexts.map(({ locale, text }) => [locale, text])),
  );
  const [isEmpty, setIsEmpty] = useState(false);
  const { save, isSaving, problem } = useSaveText(file);
  const name = file.title ?? file.originalFilename;

  async function submit(event: FormEvent) {
    event.preventDefault();
    const altTexts = Object.entries(texts)
      .filter(([, text]) => text.trim() !== '')
      .map(([locale, text]) => ({ locale, text }));
    const lacksText = altText.trim() === '' && !decorative;
    setIsEmpty(lacksText);
    if (lacksText || isSaving) return;
    if (await save({ altText: altText.trim() || null, altTexts, decorative })) onNext();
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
          dir="auto"
          autosize
          minRows={3}
          maxLength={MAX_LENGTH}
          disabled={decorative}
          value={altText}
          error={isEmpty ? t('alt.required') : null}
          onChange={({ currentTarget }) => setAltText(currentTarget.value)}
        />
        {Object.entries(LANGUAGES).map(([locale, language]) => (
          <Textarea
            key={locale}
            label={t('alt.textIn', { language })}
            lang={locale}
            dir="auto"
            autosize
            minRows={1}
            maxLength={MAX_LENGTH}
            disabled={decorative}
            value={texts[locale] ?? ''}
            onChange={({ currentTarget }) => setTexts({ ...texts, [locale]: currentTarget.value })}
          />
        ))}
        <Checkbox
          label={t('alt.decorative')}
          checked={decorative}
          onChange={({ currentTarget }) => setDecorative(currentTarget.checked)}
        />
        {problem && (
          <Alert color="orange" role="alert">
            {problem}
          </Alert>
        )}
        <Group>
          <Button type="submit" loading={isSaving}>
            {t('alt.save')}
          </Button>
          <Button variant="default" onClick={onNext}>
            {t('alt.skip')}
          </Button>
          <Button variant="default" disabled={!onBack} onClick={() => onBack?.()}>
            {t('alt.back')}
          </Button>
        </Group>
        <Text size="xs" c="dimmed">
          {t('alt.keys')}
        </Text>
      </Stack>
    </form>
  );
}
