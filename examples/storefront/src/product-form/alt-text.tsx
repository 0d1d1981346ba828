import { useId, useState } from 'react';

interface AltTextProps {
  readonly value: string | null;
  /** The text of the file. Shown for the product unless it has a text. */
  readonly fallback: string | null;
  readonly isDecorative: boolean;
  readonly onSave: (text: string | null) => void;
}

const MAX_LENGTH = 500;

/** Saved by Enter, and when the field is left. What was typed stays when it could not be saved. */
export function AltText({ value, fallback, isDecorative, onSave }: AltTextProps) {
  const id = useId();
  const [typed, setTyped] = useState(value ?? '');
  const [sent, setSent] = useState(typed);
  const [saved, setSaved] = useState(value);
  const text = typed.trim() === '' ? null : typed.trim();
  if (saved !== value) {
    setSaved(value);
    // What was typed since, and what could not be saved, stays.
    if (typed === sent && (text === value || text === saved)) {
      setTyped(value ?? '');
      setSent(value ?? '');
    }
  }
  const isChanged = text !== value;
  const save = () => {
    if (!isChanged) return;
    setSent(typed);
    onSave(text);
  };
  return (
    <div className="alt-text">
      <label htmlFor={id}>Alternative text for this product</label>
      <input
        id={id}
        dir="auto"
        value={typed}
        maxLength={MAX_LENGTH}
        disabled={isDecorative}
        placeholder={isDecorative ? '' : (fallback ?? 'What can be seen?')}
        aria-describedby={`${id}-hint`}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        onBlur={save}
        onKeyDown={({ key, nativeEvent }) => {
          if (key === 'Enter' && !nativeEvent.isComposing) save();
        }}
      />
      <p id={`${id}-hint`} className="quiet">
        {hint({ isChanged, isDecorative, hasText: value !== null, hasFallback: fallback !== null })}
      </p>
    </div>
  );
}

function hint(state: Record<'isChanged' | 'isDecorative' | 'hasText' | 'hasFallback', boolean>) {
  if (state.isDecorative) return 'This image is decorative: it needs no text.';
  if (state.isChanged) return 'Not saved yet: press Enter, or leave the field.';
  if (state.hasText) return 'Saved.';
  return state.hasFallback ? 'The text of the file is used.' : 'People who cannot see it miss it.';
}
