/** Separators, characters that Windows refuses, control characters, and those that change the direction of text. */
const HARMFUL = /[\\/:*?"<>|\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Gives each file a name that no other one has, on systems that ignore case too. */
export function distinctNames(): (name: string) => string {
  const given = new Set<string>();
  return (original) => {
    const name = original.replace(HARMFUL, '_').replace(/^\.+/, '') || 'file';
    const dot = name.lastIndexOf('.');
    const [stem, extension] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
    let distinct = name;
    for (let count = 2; given.has(distinct.toLowerCase()); count += 1) {
      distinct = `${stem} (${count})${extension}`;
    }
    given.add(distinct.toLowerCase());
    return distinct;
  };
}
