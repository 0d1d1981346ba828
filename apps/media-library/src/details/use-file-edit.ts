import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import type { FileDetailsFragment } from '../generated/graphql.ts';
import { refreshCounts } from './cache.ts';
import {
  type Draft,
  type Field,
  FIELDS,
  changedFields,
  changedTexts,
  changesOf,
  draftOf,
  pick,
} from './draft.ts';
import { type Problem, problemOf } from './problem.ts';
import { FILE, UPDATE } from './queries.ts';

/**
 * What the editor has changed of a file and not saved. The version of the file at the first change is sent with the
 * changes: a change of another editor since then is never overwritten without asking.
 */
export function useFileEdit(file: FileDetailsFragment) {
  const client = useApolloClient();
  const [edits, setEdits] = useState<Partial<Draft>>({});
  const [editedFile, setEditedFile] = useState(file);
  const [status, setStatus] = useState<'idle' | 'saving' | 'saved'>('idle');
  const [problems, setProblems] = useState<readonly Problem[]>([]);
  const [theirs, setTheirs] = useState<FileDetailsFragment | null>(null);

  const start = Object.keys(edits).length > 0 ? editedFile : file;
  const stored = draftOf(start);
  const draft: Draft = { ...stored, ...edits };
  const changed = changedFields(stored, draft);

  function edit(changes: Partial<Draft>) {
    const next = { ...draft, ...changes };
    setEditedFile(start);
    setEdits(pick(next, changedFields(stored, next)));
    setStatus('idle');
    setProblems((all) => all.filter((one) => !Object.keys(changes).includes(fieldOf(one) ?? '')));
  }

  async function save(from = start, wanted = draft) {
    if (status === 'saving' || changedFields(draftOf(from), wanted).length === 0) return;
    setStatus('saving');
    setProblems([]);
    const found = await send(from, wanted).catch((error: unknown) => [problemOf(error)]);
    setStatus(found.length === 0 ? 'saved' : 'idle');
    setProblems(found);
  }

  async function send(from: FileDetailsFragment, wanted: Draft): Promise<readonly Problem[]> {
    const variables = { input: changesOf(from, wanted) };
    const { data } = await client.mutate({ mutation: UPDATE, variables });
    const { mediaFile, userErrors } = data.updateMedia;
    if (userErrors.some(({ code }) => code === 'CONFLICT')) return compare();
    if (!mediaFile) return userErrors.map((error) => withLocale(error, from, wanted));
    setEditedFile(mediaFile);
    // What was typed while the changes were sent is still unsaved.
    setEdits((now) => {
      const typed = FIELDS.filter(
        (field) => field in now && JSON.stringify(now[field]) !== JSON.stringify(wanted[field]),
      );
      return pick(now, typed);
    });
    await refreshCounts(client);
    return [];
  }

  async function compare(): Promise<readonly Problem[]> {
    const variables = { id: file.id };
    const { data } = await client.query({ query: FILE, variables, fetchPolicy: 'network-only' });
    if (!data.mediaFile) return [{ code: 'NOT_FOUND', message: '', field: null }];
    setTheirs(data.mediaFile);
    return [{ code: 'CONFLICT', message: '', field: null }];
  }

  return {
    draft,
    changed,
    edit,
    save: () => save(),
    status,
    problems,
    /** The problem of a field, such as `title` or `altTexts.de`. */
    problemAt: (field: string) => problems.find((one) => fieldOf(one) === field),
    discard() {
      setEdits({});
      setProblems([]);
      setStatus('idle');
    },
    /** After another change of the same editor, so that it is no conflict with the unsaved ones. */
    adopt: setEditedFile,
    version: start.version,
    /** Set while the editor chooses between two versions. */
    conflict: theirs && { stored: draftOf(theirs), before: stored, mine: draft },
    closeConflict: () => setTheirs(null),
    async resolve(kept: readonly Field[]) {
      if (!theirs) return;
      const next = { ...draftOf(theirs), ...pick(draft, kept) };
      const remaining = changedFields(draftOf(theirs), next);
      setTheirs(null);
      setEditedFile(theirs);
      setEdits(pick(next, remaining));
      setProblems([]);
      if (remaining.length > 0) await save(theirs, next);
    },
  };
}
export type FileEdit = ReturnType<typeof useFileEdit>;

/** `["input", "details", "altTexts", "de", "text"]` is `altTexts.de`. */
function fieldOf({ field }: Problem): string | null {
  const [, ...path] = field ?? [];
  const [name = null, key] = path[0] === 'details' ? path.slice(1) : path;
  return name === 'altTexts' && key !== undefined ? `altTexts.${key}` : name;
}

/** The server counts the texts of the request; the form knows their languages. */
function withLocale(problem: Problem, from: FileDetailsFragment, wanted: Draft): Problem {
  const path = [...(problem.field ?? [])];
  const text = changedTexts(draftOf(from), wanted)[Number(path[3])];
  if (path[2] !== 'altTexts' || !text) return problem;
  return { ...problem, field: [...path.slice(0, 3), text.locale, ...path.slice(4)] };
}
