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
  const [known, setKnown] = useState(bytes);
  const [draft, setDraft] = useState(megabytesOf(bytes));
  if (bytes !== known) {
    setKnown(bytes);
    if (bytes !== bytesOf(draft)) setDraft(megabytesOf(bytes));
  }
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
      value={draft}
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
