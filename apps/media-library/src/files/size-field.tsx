import { NumberInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

const MEGABYTE = 1_000_000;

interface Props {
  readonly label: string;
  readonly bytes: number | undefined;
  readonly onChange: (bytes: number | undefined) => void;
}

/** A size in megabytes. */
export function SizeField({ label, bytes, onChange }: Props) {
  const [draft, setDraft] = useState<number | string>('');
  // While one types, the value of the URL is late: it must not replace what was typed since.
  const [hasFocus, setHasFocus] = useState(false);
  const changeSoon = useDebouncedCallback(onChange, 300);
  return (
    <NumberInput
      label={label}
      min={0}
      max={1_000_000}
      decimalScale={2}
      hideControls
      placeholder="MB"
      suffix=" MB"
      value={hasFocus ? draft : megabytesOf(bytes)}
      onFocus={() => {
        setDraft(megabytesOf(bytes));
        setHasFocus(true);
      }}
      onBlur={() => {
        changeSoon.flush();
        setHasFocus(false);
      }}
      onChange={(megabytes) => {
        setDraft(megabytes);
        changeSoon(bytesOf(megabytes));
      }}
    />
  );
}

/** Text: not a number yet. */
const bytesOf = (megabytes: number | string): number | undefined =>
  typeof megabytes === 'number' ? Math.round(megabytes * MEGABYTE) : undefined;

const megabytesOf = (bytes: number | undefined): number | string =>
  bytes === undefined ? '' : bytes / MEGABYTE;
