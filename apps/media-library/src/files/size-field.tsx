import { NumberInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';

const MEGABYTE = 1_000_000;

interface Props {
  readonly label: string;
  readonly bytes: number | undefined;
  readonly onChange: (bytes: number | undefined) => void;
}

/** A size in megabytes. */
export function SizeField({ label, bytes, onChange }: Props) {
  const change = useDebouncedCallback((megabytes: number | string) => {
    onChange(typeof megabytes === 'number' ? Math.round(megabytes * MEGABYTE) : undefined);
  }, 300);
  return (
    <NumberInput
      label={label}
      min={0}
      max={1_000_000}
      decimalScale={2}
      hideControls
      suffix=" MB"
      defaultValue={bytes === undefined ? '' : bytes / MEGABYTE}
      key={bytes === undefined ? 'none' : 'some'}
      onChange={change}
    />
  );
}
