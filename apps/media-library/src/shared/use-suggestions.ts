import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';

const TYPING_MS = 200;

/** What is typed into a field, and what is searched for it: at most `longest` characters, null for all. */
export function useSuggestions(longest: number) {
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim().slice(0, longest), TYPING_MS);
  return { typed, setTyped, search: search === '' ? null : search };
}
